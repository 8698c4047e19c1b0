/** Writes src/shape/nat-tables.ts: the digit tables of the type-level arithmetic in src/shape/nat.ts. */
import { writeFileSync } from "node:fs";

const digits = [...Array(10).keys()];
const entry = (key, value) => `${JSON.stringify(key)}: ${value}`;
const pair = (low, high) => `["${low}", "${high}"]`;

const add = [];
const sub = [];
const mul = [];
const div = [];
const cmp = [];
for (const a of digits)
  for (const b of digits) {
    for (const carry of [0, 1]) {
      const sum = a + b + carry;
      const difference = a - b - carry;
      add.push(entry(`${carry}${a}${b}`, pair(sum % 10, Math.trunc(sum / 10))));
      sub.push(entry(`${carry}${a}${b}`, pair((difference + 10) % 10, difference < 0 ? 1 : 0)));
    }
    for (let carry = 0; carry < 9; carry++) {
      const product = a * b + carry;
      mul.push(entry(`${carry}${a}${b}`, pair(product % 10, Math.trunc(product / 10))));
    }
    cmp.push(entry(`0${a}${b}`, a < b ? '"<"' : a > b ? '">"' : '"0"'));
    for (const before of "<>") cmp.push(entry(`${before}${a}${b}`, `"${before}"`));
  }
for (let divisor = 1; divisor < 10; divisor++)
  for (let rest = 0; rest < divisor; rest++)
    for (const digit of digits) {
      const value = rest * 10 + digit;
      div.push(entry(`${divisor}${rest}${digit}`, pair(Math.trunc(value / divisor), value % divisor)));
    }

const table = (name, purpose, value, rows) =>
  `/** ${purpose} */\n// prettier-ignore\nexport interface ${name} { ${rows.join("; ")}; [key: string]: ${value} }\n`;

// A string index signature spares the definitions in nat.ts all constraint checks.
writeFileSync(
  new URL("../src/shape/nat-tables.ts", import.meta.url),
  [
    "/** Digit tables of the type-level arithmetic; written by scripts/make-nat-tables.mjs. */\n",
    table("AddTable", "carry, a, b -> digit and carry of a + b + carry.", "[string, string]", add),
    table("SubTable", "borrow, a, b -> digit and borrow of a - b - borrow.", "[string, string]", sub),
    table("MulTable", "carry, a, b -> digit and carry of a b + carry.", "[string, string]", mul),
    table(
      "DivTable",
      "divisor, rest, digit -> digit and rest of (10 rest + digit) / divisor.",
      "[string, string]",
      div,
    ),
    table("CmpTable", "verdict so far, a, b -> verdict: the more significant digit decides.", "string", cmp),
  ].join("\n"),
);

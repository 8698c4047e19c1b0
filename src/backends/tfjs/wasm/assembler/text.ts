/** A function in the WebAssembly text format (folded s-expressions), for `explain`, for tests and for reading. */
import type { Instruction, Statement } from "./expression.js";
import type { WasmFunction } from "./function.js";

/** Expressions up to this many characters stay on one line. */
const width = 110;

const head = (code: Instruction): string => (code.immediates === "" ? code.name : `${code.name} ${code.immediates}`);

const flat = (code: Instruction): string =>
  code.name === "local.get" ? `(${head(code)})` : `(${[head(code), ...code.operands.map(flat)].join(" ")})`;

const instructionLines = (code: Instruction, indent: string): readonly string[] => {
  const line = indent + flat(code);
  if (line.length <= width || code.operands.length === 0) return [line];
  const inner = code.operands.flatMap((operand) => instructionLines(operand, `${indent}  `));
  return [`${indent}(${head(code)}`, ...inner.slice(0, -1), `${inner.at(-1) ?? ""})`];
};

const statementLines = (statement: Statement, indent: string): readonly string[] => {
  const within = (body: readonly Statement[], deeper: string): readonly string[] =>
    body.flatMap((inner) => statementLines(inner, deeper));
  switch (statement.kind) {
    case "instruction":
      return instructionLines(statement, indent);
    case "branch":
      return statement.condition === undefined
        ? [`${indent}(br $${statement.label.name})`]
        : [`${indent}(br_if $${statement.label.name} ${flat(statement.condition)})`];
    case "block":
    case "loop":
      return [
        `${indent}(${statement.kind} $${statement.label.name}`,
        ...within(statement.body, `${indent}  `),
        `${indent})`,
      ];
    case "if":
      return [
        `${indent}(if ${flat(statement.condition)}`,
        `${indent}  (then`,
        ...within(statement.accepted, `${indent}    `),
        `${indent}  )`,
        ...(statement.otherwise.length === 0
          ? []
          : [`${indent}  (else`, ...within(statement.otherwise, `${indent}    `), `${indent}  )`]),
        `${indent})`,
      ];
  }
};

/** The module that `encodeModule` encodes, as text. */
export const moduleText = (source: WasmFunction): string =>
  [
    "(module",
    '  (import "env" "memory" (memory 0))',
    `  (func (export "${source.name}")${source.parameters.map((name) => ` (param $${name} i32)`).join("")}`,
    ...source.locals.map(({ name, type }) => `    (local $${name} ${type})`),
    ...source.body.flatMap((statement) => statementLines(statement, "    ")),
    "  )",
    ")",
  ].join("\n");

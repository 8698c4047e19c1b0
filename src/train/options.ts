/** Rules for options: what a number may be, and the sentence when it is not. Makers never fail; they keep the sentence for compile. */
import { optionText } from "../shape/text.js";

/** What an option may be, in words and as a test. */
export interface Rule {
  readonly holds: (value: unknown) => boolean;
  /** Completes "is not …". */
  readonly says: string;
  /** Completes "use …". */
  readonly example: string;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const numberRule = (holds: (value: number) => boolean, says: string, example: string): Rule => ({
  holds: (value) => isNumber(value) && holds(value),
  says,
  example,
});

export const anyNumber: Rule = numberRule(() => true, "a number", "a finite number");
export const positive = (example: number): Rule =>
  numberRule((value) => value > 0, "above 0", `a number such as ${example}`);
export const notNegative = (example: number): Rule =>
  numberRule((value) => value >= 0, "0 or more", `a number such as ${example}`);
/** [0, 1]. */
export const fraction = (example: number): Rule =>
  numberRule((value) => value >= 0 && value <= 1, "in [0, 1]", `a number such as ${example}`);
/** [0, 1). */
export const belowOne = (example: number): Rule =>
  numberRule((value) => value >= 0 && value < 1, "in [0, 1)", `a number such as ${example}`);
/** A whole number of at least that. */
export const count = (least: number): Rule =>
  numberRule(
    (value) => Number.isSafeInteger(value) && value >= least,
    `a whole number of at least ${least}`,
    `${least} or more`,
  );
export const flag: Rule = {
  holds: (value) => typeof value === "boolean",
  says: "true or false",
  example: "true or false",
};
export const oneOf = (...words: readonly string[]): Rule => ({
  holds: (value) => words.some((word) => word === value),
  says: `one of ${words.join(", ")}`,
  example: words[0] ?? "",
});
export const word: Rule = {
  holds: (value) => typeof value === "string" && value !== "",
  says: "a name",
  example: "a name such as val_loss",
};
/** A list of numbers, each of which is above the one before. */
export const ascending: Rule = {
  holds: (value) =>
    Array.isArray(value) && value.every((item, i) => isNumber(item) && (i === 0 || item > Number(value[i - 1]))),
  says: "a list of ascending numbers",
  example: "a list such as [100, 200]",
};
export const listOf = (rule: Rule): Rule => ({
  holds: (value) => Array.isArray(value) && value.length > 0 && value.every(rule.holds),
  says: `a list of which each is ${rule.says}`,
  example: `a list: each ${rule.example}`,
});
/** Undefined counts as not given; so does null where the command line or JSON says so. */
export const optional = (rule: Rule): Rule => ({ ...rule, holds: (value) => value === null || rule.holds(value) });

export type Rules = Readonly<Record<string, Rule>>;

/** The first option that is unknown or breaks its rule, as a sentence; undefined when all are good. */
export const optionsProblem = (maker: string, options: object, rules: Rules): string | undefined => {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) return unknownOption(maker, name, Object.keys(rules));
    if (!rule.holds(value)) return badOption(maker, name, value, rule);
  }
  return undefined;
};

const badOption = (maker: string, name: string, value: unknown, { says, example }: Rule): string =>
  `${maker}: ${name} ${shortText(value)} is not ${says}: use ${example}`;

const unknownOption = (maker: string, name: string, known: readonly string[]): string =>
  `${maker}: it has no option '${name.slice(0, 30)}': ${known.length === 0 ? "leave it out" : `use ${likeliest(name, known)}`}`;

/** Known names, the likeliest first: those that hold the given one, then those that differ least; as many as a sentence holds. */
export const likeliest = (name: string, known: readonly string[]): string => {
  const holds = (one: string): number => (one.toLowerCase().includes(name.toLowerCase()) ? 0 : 1);
  const near = [...known].sort((a, b) => holds(a) - holds(b) || distance(a, name) - distance(b, name));
  const fitting = near.filter((_, i) => near.slice(0, i + 1).join(", ").length < 100);
  return `${fitting.join(", ")}${fitting.length < near.length ? ", …" : ""}`;
};

const shortText = (value: unknown): string => {
  const text = typeof value === "object" && value !== null && !Array.isArray(value) ? "{…}" : optionText(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

/** Levenshtein's distance without regard to case. */
const distance = (a: string, b: string): number => {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length] ?? 0;
};

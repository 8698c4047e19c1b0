/** Plain data as TypeScript writes it. */
import type { Formula } from "../../formula/formula.js";
import { parts } from "../../formula/formula.js";
import * as initializers from "../../ops/initializers.js";
import { all, list, type Doc } from "./doc.js";
import { keyText, stringText } from "./identifiers.js";

/** Words that the text uses, which are to be imported. */
export type Use = (word: string) => void;

export const numberText = (value: number): string =>
  Object.is(value, -0) ? "-0" : Number.isNaN(value) ? "Number.NaN" : String(value);

/** The initialisers that are constants, by what they are, and the functions that make others. */
const constants: ReadonlyMap<string, string> = new Map(
  Object.entries<unknown>(initializers).flatMap(([name, value]) =>
    typeof value === "object" ? [[JSON.stringify(value), name] as const] : [],
  ),
);

/** `heNormal`, `constant(0.5)`; undefined for what no word makes in this way. */
const initializerDoc = (value: object, use: Use): Doc | undefined => {
  const wanted = JSON.stringify(value);
  const plain = constants.get(wanted);
  if (plain !== undefined) {
    use(plain);
    return plain;
  }
  const { kind, ...options }: { readonly kind?: unknown } = value;
  const [only] = Object.values<unknown>(options);
  const made = Object.entries<unknown>(initializers).find(([name]) => name === kind)?.[1];
  if (typeof kind !== "string" || typeof made !== "function") return undefined;
  for (const given of [only, options]) {
    const again: unknown = Reflect.apply(made, undefined, [given]);
    if (JSON.stringify(again) !== wanted) continue;
    use(kind);
    return list(`${kind}(`, [literal(given, use)], ")");
  }
  return undefined;
};

/** Any JSON-like value; an initialiser is written by its word. */
export const literal = (value: unknown, use: Use): Doc => {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return stringText(value);
  if (isList(value))
    return list(
      "[",
      value.map((one) => literal(one, use)),
      "]",
    );
  if (typeof value !== "object" || value === null) return String(value);
  const word = "kind" in value ? initializerDoc(value, use) : undefined;
  if (word !== undefined) return word;
  const entries = Object.entries<unknown>({ ...value }).filter(([, one]) => one !== undefined || "kind" in value);
  return list(
    "{",
    entries.map(([key, one]) => all(`${keyText(key)}: `, literal(one, use))),
    "}",
  );
};

/** Array.isArray would make the items `any`. */
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** A formula by the words of `svertka/operator`; its variables are parameters of the function around. */
export const formulaDoc = (formula: Formula): Doc => {
  if (typeof formula === "number") return numberText(formula);
  if (typeof formula === "string") return formula;
  return list(`f.${formula[0]}(`, parts(formula).map(formulaDoc), ")");
};

/** The registry: the operators found among what operator-index.ts exports; there is no other list. */
import type { Registry } from "../compiler/ir/builder.js";
import * as vocabulary from "./operator-index.js";
import type { Operator } from "./operator.js";

const isOperator = (value: unknown): value is Operator =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "operator";

/** Every operator of svertka, by the name that graphs use. */
export const operators: Registry = new Map(
  Object.values<unknown>(vocabulary)
    .filter(isOperator)
    .map((operator) => [operator.name, operator]),
);

/** Cells around an axis, as attributes have them. */
import type { Attribute } from "../../../compiler/ir/graph.js";

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number");

export const pairOfAttribute = (value: Attribute | undefined): readonly (readonly [number, number])[] =>
  Array.isArray(value) ? value.filter(isPair) : [];

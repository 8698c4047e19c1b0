/** Seeded numbers for the conformance suite. */
import type { TensorType } from "../../src/compiler/ir/type.js";
import type { FillKind } from "../../src/ops/operator.js";
import { fillNormal, foldIn, keyOf, shuffled, fillUniform } from "../../src/random/index.js";
import type { Numbered } from "./run-graph.js";

export const randomInput = ({ dtype, shape }: TensorType, fill: FillKind | undefined, seed: number): Numbered => {
  const sizes = shape.map(Number);
  const size = sizes.reduce((a, b) => a * b, 1);
  const key = foldIn(keyOf(seed), `${dtype}${sizes.join()}`);
  const data = new Float64Array(size);
  if (typeof fill === "object") fillUniform(data, key);
  else fillNormal(data, key);
  const kind = typeof fill === "object" ? "index" : (fill ?? "normal");
  const order = shuffled(size, key);
  const values: Readonly<Record<typeof kind, (value: number, i: number) => number>> = {
    normal: (value) => Math.fround(value),
    positive: (value) => Math.fround(Math.abs(value) + 0.1),
    binary: (value) => (value > 0 ? 1 : 0),
    // No two are closer than 0.1: a finite difference does not change their order.
    distinct: (_, i) => (order[i] ?? 0) * 0.125 - size * 0.0625,
    index: (value) => Math.floor(value * (typeof fill === "object" ? fill.indexBelow : 1)),
  };
  return { dtype, shape: sizes, data: data.map(values[kind]) };
};

/** Random numbers as a pure function of a key and the step: a run repeats exactly, on every backend. */
import { E } from "../fp.js";
import type { Dims } from "../compiler/ir/type.js";
import { f32 } from "../compiler/ir/type.js";
import { fillUniform } from "../random/index.js";
import { firstBad, isCount, isShape } from "./attributes.js";
import type { Operator, Reference } from "./operator.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import { threefryNodes } from "./tensorflow-threefry.js";

export type UniformAttributes = { readonly key: readonly [number, number]; readonly shape: Dims };

/** The first block counter of a step: its number is the counter's high word. */
export const firstCounterOf = (step: number): number => step * 2 ** 32;

/**
 * Uniform numbers in [0, 1): element i from word i & 1 of Threefry's block (i >> 1, step) under `key`.
 *
 * Shape   i32[] (the step) -> f32[…shape].
 * Source  Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export const uniformOperator = {
  kind: "operator",
  name: "uniform",
  traits: [],
  type: ([step], attrs) => {
    const bad = firstBad("uniform", attrs, {
      key: Array.isArray(attrs.key) && attrs.key.length === 2 && attrs.key.every(isCount),
      shape: isShape(attrs.shape),
    });
    if (bad !== undefined) return E.left(bad);
    return step?.dtype === "i32" && step.shape.length === 0
      ? E.right(f32(...attrs.shape))
      : E.left("uniform needs an i32[] step");
  },
  kernel: ({ attrs: { key } }) => ({ kernel: "threefryUniform", inputs: [0], attrs: { key } }),
  flops: () => 0,
} satisfies Operator<UniformAttributes>;

export const uniformReference = {
  kind: "reference",
  operator: "uniform",
  run: ([step], output, { key }) => fillUniform(output.data, key, firstCounterOf(step?.data[0] ?? 0)),
  cases: [
    { inputs: ["i32[]"], attrs: { key: [3, 5], shape: [7] }, fill: [{ indexBelow: 1000 }] },
    { inputs: ["i32[]"], attrs: { key: [4294967295, 1], shape: [2, 3, 4] }, fill: [{ indexBelow: 1000 }] },
  ],
} satisfies Reference<UniformAttributes>;

export const uniformTensorFlow = {
  kind: "tensorflow",
  operator: "uniform",
  write: ({ values: [step], attrs: { key, shape }, graph }) => {
    invariant(step, "uniform has a step");
    return threefryNodes(graph, step, key, shape);
  },
} satisfies TensorFlowMapping<UniformAttributes>;

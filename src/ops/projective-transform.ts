/** Images read at the places to which a matrix sends their pixels: rotations, translations, zooms, shears and crops. */
import { E } from "../fp.js";
import { invariant } from "../errors.js";
import { f32 } from "../compiler/ir/type.js";
import { fillModes, interpolations, type Sampling } from "../shape/sampling.js";
import { firstBad, isPair } from "./attributes.js";
import type { Operator, OperatorCase, Reference, ReferenceTensor } from "./operator.js";
import { projectiveImageGradient } from "./projective-gradient.js";
import { samplePictures, type PictureRow } from "./projective-sampling.js";
import type { TensorFlowMapping } from "./tensorflow.js";

export interface ProjectiveTransformAttributes
  extends Readonly<Record<string, string | number | readonly number[]>>, Sampling {
  /** Height and width of the result. */
  readonly outputSize: readonly number[];
}

/**
 * Each image of a batch through a projective transformation of its own.
 *
 * Shape    f32[n, h, w, c], f32[n, 8] -> f32[n, h', w', c], [h', w'] = outputSize. The eight numbers are a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁:
 *          pixel (x, y) of the result is read at ((a₀x + a₁y + a₂) / k, (b₀x + b₁y + b₂) / k), k = c₀x + c₁y + 1.
 * Gradient by the images, exactly; by the matrices there is none, since the draws depend on no weight.
 * Cost     about 40 FLOP per element; its gradient 3 h w h' w' c per image, so that these layers stand best before all with weights.
 * Source   TensorFlow's ImageProjectiveTransformV3, which Keras's RandomRotation and its kin call.
 */
export const projectiveTransformOperator = {
  kind: "operator",
  name: "projectiveTransform",
  traits: [],
  type: ([images, matrices], attrs) => {
    const { outputSize, fillMode, interpolation, fillValue } = attrs;
    const bad = firstBad("projectiveTransform", attrs, {
      outputSize: isPair(outputSize),
      fillMode: fillModes.includes(fillMode),
      interpolation: interpolations.includes(interpolation),
      fillValue: typeof fillValue === "number",
    });
    if (bad !== undefined) return E.left(bad);
    const [n, , , channels] = images?.shape ?? [];
    const [count, entries] = matrices?.shape ?? [];
    const [height = 1, width = 1] = outputSize;
    return n !== undefined && channels !== undefined && count === n && entries === 8 && matrices?.shape.length === 2
      ? E.right(f32(n, height, width, channels))
      : E.left("projectiveTransform needs images [n, h, w, c] and matrices [n, 8]");
  },
  gradient: (request) => (request.needs(0) ? [projectiveImageGradient(request)] : []),
  kernel: ({ attrs: { outputSize, fillMode, interpolation, fillValue } }) => ({
    kernel: "Transform",
    inputs: { image: 0, transforms: 1 },
    attrs: { interpolation, fillMode, fillValue, outputShape: outputSize },
  }),
  flops: ({ output }) => 40 * output.shape.reduce((a, b) => a * b, 1),
} satisfies Operator<ProjectiveTransformAttributes>;

const caseOf = (sampling: Omit<Sampling, "fillValue">, outputSize: readonly number[]): OperatorCase => ({
  inputs: ["f32[2, 4, 5, 3]", "f32[2, 8]"],
  attrs: { ...sampling, fillValue: 0.5, outputSize },
  fill: [undefined, "positive"],
});

export const projectiveTransformReference = {
  kind: "reference",
  operator: "projectiveTransform",
  run: ([images, matrices], output, sampling) => {
    if (images === undefined || matrices === undefined) return;
    const rowOf = ({ data, shape: [count = 0, height = 0, width = 0, channels = 0] }: ReferenceTensor): PictureRow => ({
      data,
      at: 0,
      count,
      height,
      width,
      channels,
    });
    samplePictures(rowOf(images), rowOf(output), { data: matrices.data, at: 0 }, sampling);
  },
  cases: [
    ...fillModes.map((fillMode) => caseOf({ fillMode, interpolation: "bilinear" }, [4, 5])),
    ...fillModes.map((fillMode) => caseOf({ fillMode, interpolation: "nearest" }, [3, 4])),
  ],
} satisfies Reference<ProjectiveTransformAttributes>;

export const projectiveTransformTensorFlow = {
  kind: "tensorflow",
  operator: "projectiveTransform",
  write: ({ values: [images, matrices], attrs: { outputSize, fillMode, interpolation, fillValue }, graph }) => {
    invariant(images && matrices, "projectiveTransform has images and matrices");
    const inputs = [images, matrices, graph.constant("i32", outputSize), graph.constant("f32", fillValue, [])];
    return graph.node("ImageProjectiveTransformV3", inputs, {
      T: undefined,
      dtype: { type: "f32" },
      interpolation: interpolation.toUpperCase(),
      fill_mode: fillMode.toUpperCase(),
    });
  },
} satisfies TensorFlowMapping<ProjectiveTransformAttributes>;

/** What augmentation layers share: they act in training only, and draw one set of numbers for each image. */
import type { Value } from "../compiler/ir/graph.js";
import { f32 } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";
import { add, mul, substitute, variable, type Formula } from "../formula/formula.js";
import type { Either } from "../fp.js";
import { samplingOf, type Sampling, type SamplingOptions } from "../shape/sampling.js";
import type { Shape } from "../shape/shape.js";
import type { ImageTransformation } from "./image-transformations.js";
import type { LayerBuilder, LayerSpec } from "./layer.js";

/** The formula with its variables renumbered, x0 becoming x‹first›. */
export const numberedFrom = (first: number, formula: Formula): Formula =>
  substitute(formula, (name) => (name === "y" ? name : variable(first + Number(name.slice(1)))));

/** That many uniform numbers in [0, 1) for each image, each [n, 1, 1, 1]. */
export const drawsFor = ({ uniform }: LayerBuilder, image: Value, count: number): readonly Value[] => {
  const [n = "n"] = image.type.shape;
  return Array.from({ length: count }, () => uniform({ type: f32(n, 1, 1, 1) }));
};

interface Augmentation {
  readonly name: string;
  readonly options: object;
  readonly rule: (shape: Shape | undefined) => Either<string, Shape>;
  readonly train: (builder: LayerBuilder, image: Value) => Value;
  /** What it does in inference; nothing where it is not given. */
  readonly infer?: (builder: LayerBuilder, image: Value) => Value;
}

export const augmentationLayer = ({ name, options, rule, train, infer }: Augmentation): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => rule(shape),
  build: (builder, [image]) => {
    invariant(image, `${name} has one input`);
    if (builder.mode === "training") return train(builder, image);
    return infer?.(builder, image) ?? image;
  },
});

interface Sampled extends Sampling {
  readonly outputSize: readonly number[];
}

/** Images through the random matrices of a transformation. */
const emitTransformed = (
  builder: LayerBuilder,
  image: Value,
  { draws, coefficients, rows }: ImageTransformation,
  sampled: Sampled,
): Value => {
  const { emit } = builder;
  const [n = "n", height = 1, width = 1] = image.type.shape;
  const drawn = drawsFor(builder, image, draws).map((draw) => emit("reshape", [draw], { shape: [n, 1] }));
  const directions = rows({ height: Number(height), width: Number(width) }).map((value) =>
    emit("constant", [], { dtype: "f32", shape: [8], value }),
  );
  const formula = coefficients.reduce<Formula>(
    (sum, coefficient, i) => add(sum, mul(coefficient, variable(draws + 1 + i))),
    variable(draws),
  );
  const matrices = emit("elementwise", [...drawn, ...directions], { formula });
  return emit("projectiveTransform", [image, matrices], { ...sampled });
};

/** The layer that samples by a transformation, into the image's own size. */
export const transformedBy =
  (transformation: ImageTransformation, options: SamplingOptions) =>
  (builder: LayerBuilder, image: Value): Value => {
    const outputSize = image.type.shape.slice(1, 3).map(Number);
    return emitTransformed(builder, image, transformation, { ...samplingOf(options), outputSize });
  };

/** The layer that cuts out a part without reading between pixels. */
export const croppedBy =
  (transformation: ImageTransformation, outputSize: readonly number[]) =>
  (builder: LayerBuilder, image: Value): Value =>
    emitTransformed(builder, image, transformation, {
      outputSize,
      fillMode: "constant",
      interpolation: "nearest",
      fillValue: 0,
    });

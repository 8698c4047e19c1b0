/** Images with a hole at random, also known as cutout: the layer, of elementwise operators. */
import type { Value } from "../compiler/ir/graph.js";
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { ge, gt, max, min, mul, select, variable, x0, x1, x2 } from "../formula/formula.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { fillValueProblem } from "../shape/fill-value.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../shape/value-range.js";
import { augmentationLayer, drawsFor, numberedFrom } from "./augmentation-layer.js";
import { erasedColumns, erasedRows, erasingDraws, isErased } from "./erased-box.js";
import type { LayerBuilder } from "./layer.js";
import { augmentationKeras } from "./keras-augmentation.js";
import { normalNoise } from "./normal-noise.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomErasing} makes. */
export interface RandomErasing<F extends Factor, A extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomErasing",
    this["~in"],
    [FactorProblem<"randomErasing", "factor", F, "[0, 1]">, FactorProblem<"randomErasing", "scale", A, "[0, 1]">]
  >;
  readonly "~params": NoWeights;
}

interface RandomErasingOptions<F, A> {
  readonly factor?: F | undefined;
  readonly scale?: A | undefined;
  readonly fillValue?: number | readonly number[] | undefined;
  readonly valueRange?: ValueRange | undefined;
}

interface Fill {
  readonly fillValue: number | readonly number[] | undefined;
  readonly valueRange: ValueRange;
}

/** What the hole holds, inside the range: numbers for each channel, or noise. */
const emitFill = (builder: LayerBuilder, image: Value, { fillValue, valueRange: [least, greatest] }: Fill): Value => {
  const clipped = (value: number): number => Math.max(least, Math.min(greatest, value));
  if (fillValue === undefined)
    return builder.emit("elementwise", [normalNoise(builder, image)], {
      formula: max(least, min(greatest, mul(x0, greatest))),
    });
  const value = typeof fillValue === "number" ? [fillValue] : fillValue;
  return builder.emit("constant", [], { dtype: "f32", shape: [value.length], value: value.map(clipped) });
};

interface Erasing extends Fill {
  readonly factor: Factor;
  readonly scale: Factor;
}

const emitErased = (builder: LayerBuilder, image: Value, { scale, factor, ...fill }: Erasing): Value => {
  const { emit } = builder;
  const [, height = 1, width = 1] = image.type.shape.map(Number);
  const cells = (length: number, shape: readonly number[]): Value =>
    emit("constant", [], { dtype: "f32", shape, value: Array.from({ length }, (_, i) => i) });
  const draws = drawsFor(builder, image, erasingDraws);
  const within = (span: ReturnType<typeof erasedRows>) =>
    mul(ge(x0, numberedFrom(1, span.start)), gt(numberedFrom(1, span.end), x0));
  // Masks [n, h, 1, 1] and [n, 1, w, 1]: the box is where both are 1.
  const rows = emit("elementwise", [cells(height, [height, 1, 1]), ...draws], {
    formula: mul(within(erasedRows(scale, height)), numberedFrom(1, isErased(factor))),
  });
  const columns = emit("elementwise", [cells(width, [width, 1]), ...draws.slice(0, 3)], {
    formula: within(erasedColumns(scale, width)),
  });
  return emit("elementwise", [image, rows, columns, emitFill(builder, image, fill)], {
    formula: select(mul(x1, x2), variable(3), x0),
  });
};

/**
 * Cuts a box out of images in training, at a random place and of a random size; in inference it does nothing.
 *
 * `factor` is the probability of a hole, or the range from which that is drawn (a number f: from 0 to f, as in Keras; by default 1);
 * `scale` are the squares of the hole's height and width as parts of the image's, by default [0.02, 0.33]; `fillValue` is what the hole
 * holds, a number or one per channel, and normal noise where it is not given.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    3 FLOP per element, in training; with noise about 40.
 * Errors  an input that is no image; a factor or a scale outside [0, 1]; a fill of another number of channels; a range that is none.
 * Source  Keras 3's RandomErasing, whose range is [0, 255] where none is given; Zhong et al. 2017 (arXiv:1708.04896).
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomErasing({ factor: [0.5, 0.5], fillValue: 0.5 })) // Expr<[32, 32, 3]>
 */
export function randomErasing<const F extends Factor = 1, const A extends Factor = 1>(
  options: RandomErasingOptions<F, A> = {},
): RandomErasing<F, A> {
  const { fillValue, valueRange = usualRange } = options;
  const factor: Factor = options.factor ?? 1;
  const scale: Factor = options.scale ?? [0.02, 0.33];
  return defineLayer(
    augmentationLayer({
      name: "randomErasing",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomErasing",
          shape,
          factorProblem("randomErasing", { name: "factor", value: factor, bounds: "[0, 1]" }),
          factorProblem("randomErasing", { name: "scale", value: scale, bounds: "[0, 1]" }),
          fillValueProblem("randomErasing", fillValue, shape?.at(-1) ?? null),
          valueRangeProblem("randomErasing", valueRange),
        ),
      train: (builder, image) => emitErased(builder, image, { scale, factor, fillValue, valueRange }),
    }),
  );
}

export const randomErasingKeras = augmentationKeras({
  word: "randomErasing",
  className: "RandomErasing",
  factors: { factor: "factor", scale: "scale" },
  fromZero: true,
  fills: true,
  hasRange: true,
}) satisfies KerasMapping;

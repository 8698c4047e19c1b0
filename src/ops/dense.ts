/** A fully connected layer; its operators are matMul and biasAdd. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { shapeText, type ShapeText } from "../shape/text.js";
import {
  activationKind,
  activationProblem,
  emitActivation,
  type ActivationKind,
  type ActivationName,
} from "./activations.js";
import { lastAxis } from "./image-axes.js";
import { glorotUniform, zeros, type Initializer } from "./initializers.js";
import type { Constraint, LayerSpec, Regularizer } from "./layer.js";

interface DenseOptions<U, A, B = boolean> {
  readonly units: U;
  readonly useBias?: B | undefined;
  readonly activation?: A | undefined;
  readonly kernelInitializer?: Initializer | undefined;
  readonly biasInitializer?: Initializer | undefined;
  readonly kernelRegularizer?: Regularizer | undefined;
  /** What training brings the kernel back to after each step. */
  readonly kernelConstraint?: Constraint | undefined;
}
type AnyDenseOptions = DenseOptions<number, ActivationName>;

/** The layer that {@link dense} makes. */
export interface Dense<U extends number, A extends ActivationName = "linear"> extends Layer<ActivationKind<A>> {
  readonly "~out": DenseShape<this["~in"], U>;
  readonly "~params": DenseWeights<this["~in"], U>;
}

/** Types: the weights on an input whose shape fits. */
type DenseWeights<S, U> = S extends readonly [infer N] ? OwnWeights<"dense", { kernel: [N, U]; bias: [U] }> : unknown;

const notFlat = <Rank extends number, Text extends string>(rank: Rank, text: Text) =>
  `dense: expected a flat input [n], got a ${rank}-D input [${text}]: put flatten (or globalAvgPool2d) before it` as const;
const unknownSize =
  "dense: the size of its input is unknown, and the weights' shape depends on it: use globalAvgPool2d instead of flatten, or give input(...) numbers" as const;

/** Types: the output's shape, or the sentence. */
export type DenseShape<S, U> = S extends readonly [infer N]
  ? FlatShape<N, U>
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? FlatShape<Dim, U>
        : ShapeError<ReturnType<typeof notFlat<S["length"], ShapeText<S>>>>
      : never;
type FlatShape<N, U> =
  SizeProblem<"dense", "units", U> extends infer M extends string
    ? ShapeError<M>
    : [N] extends [null]
      ? ShapeError<typeof unknownSize>
      : [U];
/** Run-time twin of {@link DenseShape}. */
const denseShape = ({ units, activation }: AnyDenseOptions, shape: Shape): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length !== 1) return E.left(notFlat(shape.length, shapeText(shape)));
  const problem =
    sizeProblem("dense", { name: "units", value: units }) ??
    activationProblem("dense", activation) ??
    (shape[0] === null ? unknownSize : undefined);
  return problem === undefined ? E.right([units]) : E.left(problem);
};

const denseLayer = (options: AnyDenseOptions): LayerSpec => ({
  name: "dense",
  options,
  rule: ([shape = []]) => denseShape(options, shape),
  build: ({ emit, parameter }, [x]) => {
    invariant(x, "dense has one input");
    const { units, useBias = true } = options;
    const kernel = parameter("kernel", [lastAxis(x), units], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
      constraint: options.kernelConstraint,
    });
    const y = emit("matMul", [x, kernel], { transposeA: false, transposeB: false });
    if (!useBias) return emitActivation(emit, y, options.activation);
    const bias = parameter("bias", [units], { initializer: options.biasInitializer ?? zeros });
    return emitActivation(emit, emit("biasAdd", [y, bias], {}), options.activation);
  },
});

/**
 * A fully connected layer: y = x · kernel + bias.
 *
 * Shape   [n] -> [units].
 * Params  kernel [n, units], Glorot uniform; bias [units], zeros.
 * Cost    2 n units FLOP per example.
 * Errors  units that are no size; an input that is not flat; an input of unknown size.
 * Source  Keras Dense; there the last axis of any rank, here a flat input only, since that is mostly a forgotten flatten.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), flatten, dense({ units: 10, activation: "softmax" })) // Probabilities<[10]>
 */
export function dense<U extends number, A extends ActivationName = "linear", B extends boolean = true>(
  options: DenseOptions<U, A, B>,
): WithIf<B, "bias", Dense<U, A>> {
  return defineLayer(denseLayer(options), activationKind(options.activation));
}
// --- operator ---

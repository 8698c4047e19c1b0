/** Leaky rectified linear unit: the layer, and its operator. */
import { defineLayer, type SameShape } from "../dsl/layer.js";
import { invariant } from "../errors.js";
import { E } from "../fp.js";
import { gt, mul, select, x0, y } from "../formula/formula.js";
import { activationOperator, type ActivationOperator } from "./activation-operator.js";
import { elementwise } from "./elementwise.js";
import { onnxNamed } from "./onnx-named.js";
import { float, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { given, type KerasMapping } from "./keras.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** The layer that {@link leakyRelu} makes. */
export interface LeakyRelu extends SameShape {
  readonly "~name": "leakyRelu";
}

/**
 * Leaky rectified linear unit: x for x > 0, alpha · x elsewhere.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  an alpha that is no finite number.
 * Source  Maas, Hannun & Ng 2013; alpha is 0.3 by default as in Keras's layer (negative_slope; its function has 0.2).
 *
 * @example
 * const y = pipe(input([28, 28, 8]), leakyRelu({ alpha: 0.1 })) // Expr<[28, 28, 8]>
 */
export function leakyRelu(options: { readonly alpha?: number | undefined } = {}): LeakyRelu {
  const { alpha = 0.3 } = options;
  return defineLayer({
    name: "leakyRelu",
    options,
    rule: ([shape = []]) =>
      Number.isFinite(alpha)
        ? E.right(shape)
        : E.left(`leakyRelu: alpha ${String(alpha)} is no finite number: use a small slope such as 0.3`),
    build: ({ emit }, [x]) => {
      invariant(x, "leakyRelu has one input");
      return emit("leakyRelu", [x], { alpha });
    },
  });
}

/** x above 0, alpha x below; with a positive alpha the result has the sign of x, so the mask is taken from it. */
export const leakyReluOperator: ActivationOperator<{ readonly alpha: number }, { readonly negativeSlope: number }> =
  activationOperator(
    elementwise<{ readonly alpha: number }>({
      name: "leakyRelu",
      arity: 1,
      traits: ["activation"],
      formula: ({ alpha }) => select(gt(x0, 0), x0, mul(alpha, x0)),
      derivatives: ({ alpha }) => [select(gt(alpha > 0 ? y : x0, 0), 1, alpha)],
      kernel: ({ alpha }) => ({ kernel: "LeakyRelu", inputs: { x: 0 }, attrs: { alpha } }),
    }),
    {
      gives: "values",
      // Keras's function has another default than its layer.
      defaults: { negativeSlope: 0.2 },
      keras: { layer: "LeakyReLU" },
      emit: (emit, x, { negativeSlope }) => emit("leakyRelu", [x], { alpha: negativeSlope }),
    },
  );

export const leakyReluOnnx = onnxNamed("leakyRelu", "LeakyRelu", ({ alpha }: { readonly alpha: number }) => ({
  alpha: float(alpha),
})) satisfies OnnxMapping;

export const leakyReluOnnxReading = onnxNamedReading("leakyRelu", "LeakyRelu", ({ float: number }) => ({
  alpha: number("alpha", 0.01),
})) satisfies OnnxReading;

export const leakyReluTensorFlow = {
  kind: "tensorflow",
  operator: "leakyRelu",
  // TensorFlow's is max(x, alpha x).
  has: ({ attrs: { alpha } }) => alpha >= 0 && alpha <= 1,
  write: ({ values, attrs, graph }) => graph.node("LeakyRelu", values, { alpha: { float: attrs.alpha } }),
} satisfies TensorFlowMapping<{ readonly alpha: number }>;

export const leakyReluKeras = {
  kind: "keras",
  word: "leakyRelu",
  classes: ["LeakyReLU"],
  read: ({ config, inputs, apply }) =>
    apply({ word: "leakyRelu", options: given({ alpha: config.numberOr(0.3, "negative_slope", "alpha") }), inputs }),
  write: ({ options, inputs, layer }) =>
    layer({ className: "LeakyReLU", config: { negative_slope: options["alpha"] ?? 0.3 }, inputs }),
} satisfies KerasMapping;

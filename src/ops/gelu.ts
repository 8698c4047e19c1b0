/** Gaussian error linear unit: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, erf, exp, max, min, mul, sub, tanh, x0, type Formula } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import { text, type OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** Far from 0 the bell is 0; the bound keeps Infinity · 0 out of slopes. */
const near: Formula = max(min(x0, 20), -20);

/** Φ(x), the chance that a normal number is below x. */
const normalCdf = mul(0.5, add(1, erf(mul(x0, Math.SQRT1_2))));
/** x φ(x), φ the bell of the normal distribution. */
const normalBell = mul(mul(near, 1 / Math.sqrt(2 * Math.PI)), exp(mul(-0.5, mul(near, near))));

/** tanh √(2/π) (x + 0.044715 x³), which is near 2 Φ(x) − 1. */
const wave = (of: Formula): Formula => tanh(mul(Math.sqrt(2 / Math.PI), add(of, mul(0.044715, mul(of, mul(of, of))))));
/** The slope of the wave's argument. */
const waveSlope = mul(Math.sqrt(2 / Math.PI), add(1, mul(3 * 0.044715, mul(near, near))));

/** x Φ(x), or x (1 + wave) / 2. */
export const geluOperator: ActivationOperator<{ readonly approximate: boolean }> = elementwiseActivation({
  name: "gelu",
  defaults: { approximate: false },
  formula: ({ approximate }) => mul(x0, approximate ? mul(0.5, add(1, wave(x0))) : normalCdf),
  derivatives: ({ approximate }) => [
    approximate
      ? mul(0.5, add(add(1, wave(x0)), mul(mul(near, waveSlope), sub(1, mul(wave(near), wave(near))))))
      : add(normalCdf, normalBell),
  ],
});

/** The type of {@link gelu}. */
export interface Gelu extends SameShape {
  readonly "~name": "gelu";
}

/**
 * Gaussian error linear unit: x Φ(x) = x (1 + erf(x / √2)) / 2, exact as Keras has it by default; its approximation by
 * tanh is `activation({ name: "gelu", approximate: true })`.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Hendrycks & Gimpel 2016 (arXiv:1606.08415) §2; Keras gelu.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), gelu) // Expr<[28, 28, 8]>
 */
export const gelu: Gelu = activationLayer(geluOperator);

export const geluOnnx = onnxNamed("gelu", "Gelu", ({ approximate }: { readonly approximate: boolean }) => ({
  approximate: text(approximate ? "tanh" : "none"),
})) satisfies OnnxMapping;

export const geluOnnxReading = onnxNamedReading("gelu", "Gelu", ({ text: word }) => ({
  approximate: word("approximate", "none") === "tanh",
})) satisfies OnnxReading;

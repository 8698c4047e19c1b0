/** Calls of our own kernels for convolutions and matrix products: the kernel in panels, bias, residual and activations in the same call. */
import type { Attributes } from "../../../compiler/ir/graph.js";
import { substitute, type Formula } from "../../../formula/formula.js";
import type { ConcreteType, FusedStage, InputForm, KernelCall, KernelRequest } from "../../../ops/operator.js";
import { packedSize } from "./kernels/convolution/pack-filter.js";

type Request = KernelRequest<Attributes>;

const float32 = (...shape: readonly number[]): ConcreteType => ({ dtype: "f32", shape });

const panels = (input: number, inner: number, filters: number, transpose = false): InputForm => ({
  input,
  kernel: "packFilter",
  attrs: { transpose },
  type: float32(packedSize(inner, filters)),
});

/** Whether a list is these numbers. */
const isList = (value: unknown, wanted: readonly number[]): boolean =>
  Array.isArray(value) && value.length === wanted.length && wanted.every((number, at) => number === value[at]);

/**
 * Panels of a convolution's kernel whose channels changed places, or whose window was turned round, as an input gradient
 * reads it: packed from the kernel as it was. The two may come in any order, each once or undone.
 */
export const panelsBefore = (
  { kernel, attrs }: InputForm,
  move: { readonly op: string; readonly attrs: Attributes },
): Attributes | undefined => {
  if (kernel !== "packFilter" || attrs["transpose"] === true) return undefined;
  if (move.op === "transpose" && isList(move.attrs["permutation"], [0, 1, 3, 2]))
    return { ...attrs, swapped: attrs["swapped"] !== true };
  if (move.op === "reverse" && isList(move.attrs["axes"], [0, 1]))
    return { ...attrs, reversed: attrs["reversed"] !== true };
  return undefined;
};

const isBias = ({ op }: FusedStage | { readonly op: undefined }): boolean => op === "biasAdd";

/**
 * What the stages are for our kernels: `formula` of x0, the sum with its bias, and x1, the residual. The stages that read
 * something beside the value so far are a bias, which comes first, and a residual.
 */
const epilogueOf = (
  { epilogue, inputs }: Request,
  own: number,
): { readonly attrs: Attributes; readonly reads: readonly number[] } => {
  const bias = epilogue.some(isBias);
  const stages = epilogue.filter((stage) => !isBias(stage));
  const formula = stages.reduce<Formula>(
    (value, stage) => substitute(stage.formula ?? "x0", (name) => (name === "x0" ? value : name)),
    "x0",
  );
  const reads = inputs.slice(own).map((_, index) => own + index);
  return { attrs: { formula, bias, residual: reads.length > (bias ? 1 : 0) }, reads };
};

/** A convolution without groups. */
export const ownConvolution = (request: Request): KernelCall | undefined => {
  const { attrs, inputs } = request;
  const [kh = 0, kw = 0, channels = 0, filters = 0] = inputs[1]?.shape ?? [];
  if (attrs["groups"] !== 1) return undefined;
  const epilogue = epilogueOf(request, 2);
  const { strides = null, pads = null, dilations = null } = attrs;
  return {
    kernel: "conv2d",
    inputs: [0, inputs.length, ...epilogue.reads],
    attrs: { kernelSize: [kh, kw], strides, pads, dilations, ...epilogue.attrs },
    forms: [panels(1, kh * kw * channels, filters)],
  };
};

/** A product with a transposed factor and nothing after it, as gradients are: the filter gradient's tiles need no transposing. */
export const transposedProduct = ({ attrs, epilogue }: Request): KernelCall | undefined =>
  epilogue.length === 0 && (attrs["transposeA"] === true || attrs["transposeB"] === true)
    ? { kernel: "matMul", inputs: [0, 1], attrs }
    : undefined;

/** Any other matrix product. */
export const ownProduct = (request: Request): KernelCall => {
  const { attrs, inputs, output } = request;
  const transposed = transposedProduct(request);
  if (transposed !== undefined) return transposed;
  const [transposeA, transposeB] = [attrs["transposeA"] === true, attrs["transposeB"] === true];
  const [a = float32()] = inputs;
  const inner = a.shape[transposeA ? 0 : 1] ?? 0;
  const { attrs: fused, reads } = epilogueOf(request, 2);
  const turned: InputForm = { input: 0, kernel: "transpose2d", attrs: {}, type: float32(...a.shape.toReversed()) };
  return {
    kernel: "product",
    inputs: [transposeA ? inputs.length + 1 : 0, inputs.length, ...reads],
    attrs: fused,
    forms: [panels(1, inner, output.shape[1] ?? 0, transposeB), ...(transposeA ? [turned] : [])],
  };
};

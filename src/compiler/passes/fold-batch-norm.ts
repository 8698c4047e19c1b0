/** Batch normalisation after a convolution or matrix product melts into its weights (inference). */
import { add, div, mul, sqrt, sub } from "../../formula/formula.js";
import { operatorOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { sameShape } from "../ir/type.js";
import { applyRulesFully, rule } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * y = γ (conv(x, k) + b − μ) / √(σ² + ε) + β  =  conv(x, k s) + (b − μ) s + β  with  s = γ / √(σ² + ε).
 *
 * Sound where nobody else reads the convolution, and where the normalisation is over the output channels, which are
 * the last axis of both. The arithmetic on weights depends on no input, so lowering does it once.
 */
export const foldBatchNorm: Pass = {
  name: "foldBatchNorm",
  purpose: "Multiplies batch normalisation into the weights of the layer before it.",
  requires: "the inference form of batch normalisation (the training form is made of other operators)",
  ensures: "up to eight in a row, no batch normalisation reads a linear operator, or its bias, that nobody else reads",
  run: (graph, context) =>
    applyRulesFully(graph, context.registry, [
      rule("foldBatchNorm", "batchNormalization", (site) => fold(site, context)),
    ]),
};

interface Linear {
  readonly node: Node;
  readonly bias: Value | undefined;
}

const fold = (site: Site, context: PassContext): Value | undefined => {
  const [x, mean, variance, gamma, beta] = site.inputs;
  if (x === undefined || mean === undefined || variance === undefined || gamma === undefined || beta === undefined)
    return undefined;
  const linear = site.readOnce(x) ? linearBehind(x, site, context) : undefined;
  if (linear === undefined) return undefined;
  const [input, kernel] = site.inputsOf(linear.node);
  if (input === undefined || kernel === undefined) return undefined;
  const operator = operatorOf(context.registry, linear.node.op);
  const shape =
    operator.scaleShape === undefined ? gamma.type.shape : operator.scaleShape(kernel.type.shape, linear.node.attrs);
  if (shape === undefined) return undefined;
  const { emit } = site;
  const epsilon = Number(site.node.attrs["epsilon"]);
  const scale = emit("elementwise", [gamma, variance], { formula: div("x0", sqrt(add("x1", epsilon))) });
  const shaped = sameShape(shape, scale.type.shape) ? scale : emit("reshape", [scale], { shape });
  const scaled = emit("multiply", [kernel, shaped]);
  const shift =
    linear.bias === undefined
      ? emit("elementwise", [beta, mean, scale], { formula: sub("x0", mul("x1", "x2")) })
      : emit("elementwise", [beta, mean, scale, linear.bias], { formula: add("x0", mul(sub("x3", "x1"), "x2")) });
  return emit("biasAdd", [emit(linear.node.op, [input, scaled], linear.node.attrs), shift]);
};

/** The linear operator behind a value, directly or through its bias, when nobody else reads either. */
const linearBehind = (value: Value, site: Site, { registry }: PassContext): Linear | undefined => {
  const node = site.producer(value);
  const traits = operatorOf(registry, node.op).traits;
  if (isScaled(node, registry)) return { node, bias: undefined };
  const [before, bias] = site.inputsOf(node);
  if (!traits.includes("bias") || before === undefined || !site.readOnce(before)) return undefined;
  const behind = site.producer(before);
  return isScaled(behind, registry) ? { node: behind, bias } : undefined;
};

/** With an epilogue its result is no longer linear in the kernel. */
const isScaled = ({ op, epilogue }: Node, registry: PassContext["registry"]): boolean =>
  epilogue === undefined && operatorOf(registry, op).traits.includes("scalesWithKernel");

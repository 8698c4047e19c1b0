/** Batch normalisation, and any scale and shift per channel, after a convolution or matrix product melts into its weights. */
import type { Operator } from "../../ops/operator.js";
import { operatorOf } from "../ir/builder.js";
import type { Emit, Node, Value } from "../ir/graph.js";
import { sameShape } from "../ir/type.js";
import { channelAffine, type ChannelAffine } from "../rewrite/channel-affine.js";
import { rewriteFully } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * s (conv(x, k) + b) + t  =  conv(x, k s) + (s b + t), of which y = γ (conv(x, k) + b − μ) / √(σ² + ε) + β is a case.
 *
 * Sound where nobody else reads the convolution, and where the numbers are one per output channel, which are the last
 * axis of both. The arithmetic on weights depends on no input, so lowering does it once.
 */
export const foldBatchNorm: Pass = {
  name: "foldBatchNorm",
  purpose:
    "Multiplies batch normalisation, and any scale and shift per channel, into the weights of the layer before it.",
  requires: "the inference form of batch normalisation (the training form is made of other operators)",
  ensures:
    "up to eight in a row, no fixed scale or shift per channel reads a linear operator, or its bias, that nobody else reads",
  run: (graph, context) => rewriteFully(graph, context.registry, (site) => fold(site, context)),
};

interface Linear {
  readonly node: Node;
  readonly bias: Value | undefined;
}

const fold = (site: Site, context: PassContext): Value | undefined => {
  const affine = channelAffine(site.node, site.inputs, site, context.registry);
  if (affine === undefined || !site.readOnce(affine.x)) return undefined;
  const linear = linearBehind(affine.x, site, context);
  if (linear === undefined) return undefined;
  const operator = operatorOf(context.registry, site.node.op);
  if (affine.isShift && linear.bias === undefined && operator.traits.includes("bias")) return undefined;
  const { emit } = site;
  const root = affine.isShift
    ? site.copy(linear.node, site.inputsOf(linear.node))
    : scaled(linear.node, affine, site, operatorOf(context.registry, linear.node.op));
  if (root === undefined) return undefined;
  return affine.isScale && linear.bias === undefined
    ? root
    : emit("biasAdd", [root, affine.applied(emit, linear.bias)]);
};

/** The linear operator with its kernel scaled by output channels. */
const scaled = (node: Node, affine: ChannelAffine, site: Site, operator: Operator): Value | undefined => {
  const [input, kernel, ...others] = site.inputsOf(node);
  if (input === undefined || kernel === undefined || others.length > 0 || !site.isFixed(kernel)) return undefined;
  const shape =
    operator.scaleShape === undefined ? node.type.shape.slice(-1) : operator.scaleShape(kernel.type.shape, node.attrs);
  if (shape === undefined) return undefined;
  const { emit } = site;
  const factors = inShape(affine.scale(emit), shape, emit);
  return emit(node.op, [input, emit("multiply", [kernel, factors])], node.attrs);
};

const inShape = (value: Value, shape: Value["type"]["shape"], emit: Emit): Value =>
  sameShape(shape, value.type.shape) ? value : emit("reshape", [value], { shape });

/** The linear operator behind a value, directly or through its bias, when nobody else reads either. */
const linearBehind = (value: Value, site: Site, { registry }: PassContext): Linear | undefined => {
  const node = site.producer(value);
  if (node.epilogue !== undefined) return undefined;
  const isLinear = (operator: Operator): boolean => operator.traits.includes("scalesWithKernel");
  const operator = operatorOf(registry, node.op);
  if (isLinear(operator)) return { node, bias: undefined };
  const [before, bias] = site.inputsOf(node);
  if (!operator.traits.includes("bias") || before === undefined || !site.readOnce(before)) return undefined;
  const behind = site.producer(before);
  return behind.epilogue === undefined && isLinear(operatorOf(registry, behind.op))
    ? { node: behind, bias }
    : undefined;
};

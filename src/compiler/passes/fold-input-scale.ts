/** A scale and shift per channel before a convolution or matrix product melts into its weights: normalised inputs, batch norm. */
import { operatorOf } from "../ir/builder.js";
import type { Value } from "../ir/graph.js";
import { channelAffine } from "../rewrite/channel-affine.js";
import { rewriteFully } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * conv(x s + t, k)  =  conv(x, s k) + conv(t, k), where s multiplies the kernel by input channels, and the second summand
 * is one number per output channel.
 *
 * Sound where nobody else reads x s + t, and where the convolution pads with no cells or t is 0: the cells of padding are 0
 * after the shift, and would be −t / s before it, a number that differs from channel to channel.
 */
export const foldInputScale: Pass = {
  name: "foldInputScale",
  purpose: "Multiplies a scale and shift per channel into the weights of the layer after it.",
  requires: "what could melt into the layer before has: foldBatchNorm ran",
  ensures:
    "up to eight in a row, no linear operator alone reads a fixed scale per channel, nor a shift where it pads with nothing",
  run: (graph, context) => rewriteFully(graph, context.registry, (site) => fold(site, context)),
};

const fold = (site: Site, { registry }: PassContext): Value | undefined => {
  const { node, inputs, emit } = site;
  const operator = operatorOf(registry, node.op);
  const [x, kernel, ...others] = inputs;
  if (operator.absorbInput === undefined || node.epilogue !== undefined || x === undefined || kernel === undefined)
    return undefined;
  if (others.length > 0 || !site.readOnce(x) || !site.isFixed(kernel)) return undefined;
  const before = site.producer(x);
  // A bias is free in the call before it.
  if (operatorOf(registry, before.op).traits.includes("bias")) return undefined;
  const affine = channelAffine(before, site.inputsOf(before), site, registry);
  if (affine === undefined) return undefined;
  const scale = affine.isShift ? undefined : affine.scale(emit);
  const shift = affine.isScale ? undefined : affine.applied(emit, undefined);
  const absorbed = operator.absorbInput({ inputs: [affine.x, kernel], scale, shift, attrs: node.attrs, emit });
  if (absorbed === undefined) return undefined;
  const product = emit(node.op, [affine.x, absorbed.kernel], node.attrs);
  return absorbed.bias === undefined ? product : emit("biasAdd", [product, absorbed.bias]);
};

/** The elementwise operators before a sum, a mean or a maximum become part of it: what is folded is never stored. */
import { operatorOf } from "../ir/builder.js";
import type { Value } from "../ir/graph.js";
import { broadcastShapes } from "../../ops/broadcast.js";
import type { ConcreteType } from "../../ops/operator.js";
import { concreteShape, sameShape, type TensorType } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

export const fuseReductions: Pass = {
  name: "fuseReductions",
  purpose: "Makes an elementwise chain and the reduction at its end one kernel.",
  requires: "fuseElementwise: the chain is one formula",
  ensures: "no elementwise value that one reduction reads is stored, where the backend has a kernel for it",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => fused(site, context)),
};

const fused = (site: Site, { registry, target }: PassContext): Value | undefined => {
  const { node, inputs } = site;
  const fold = operatorOf(registry, node.op).fold?.(node.attrs);
  const [x] = inputs;
  if (fold === undefined || fold.formula !== "x0" || x === undefined || !site.readOnce(x)) return undefined;
  const producer = site.producer(x);
  const formula =
    producer.epilogue === undefined ? operatorOf(registry, producer.op).formula?.(producer.attrs) : undefined;
  if (formula === undefined || producer.type.dtype !== "f32") return undefined;
  const read = site.inputsOf(producer);
  const shape = broadcastShapes(read.map(({ type }) => type.shape));
  if (shape === undefined || !sameShape(shape, x.type.shape)) return undefined;
  const { by, axes, keepDims } = fold;
  const attrs = { by, formula, axes, keepDims };
  // Kernels do not depend on the batch size: asked for one.
  const concrete = ({ dtype, shape: dims }: TensorType): ConcreteType => ({ dtype, shape: concreteShape(dims, 1) });
  const request = { inputs: read.map(({ type }) => concrete(type)), output: concrete(node.type), attrs, epilogue: [] };
  return target.has(operatorOf(registry, "reduceFormula"), request)
    ? site.emit("reduceFormula", read, attrs)
    : undefined;
};

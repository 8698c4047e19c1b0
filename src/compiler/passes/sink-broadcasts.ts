/** A value that was stretched for an elementwise operator is read as it was: the operator stretches it itself. */
import { broadcastShapes } from "../../ops/broadcast.js";
import { operatorOf } from "../ir/builder.js";
import type { Value } from "../ir/graph.js";
import { sameShape, type Dims } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/** Gradients of means and sums are such values: one number for many elements. */
export const sinkBroadcasts: Pass = {
  name: "sinkBroadcasts",
  purpose: "Lets elementwise operators read small values that were stretched before.",
  requires: "nothing",
  ensures: "no elementwise operator reads a stretched value whose source would do",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => sunk(site, context)),
};

const sunk = (site: Site, { registry }: PassContext): Value | undefined => {
  const { node } = site;
  const operator = operatorOf(registry, node.op);
  if (operator.formula === undefined || node.epilogue !== undefined || node.type.dtype !== "f32") return undefined;
  let inputs = site.inputs;
  let changed = false;
  inputs.forEach((input, index) => {
    for (let source = unstretched(input, site); source !== undefined; source = unstretched(source, site)) {
      const next = inputs.with(index, source);
      const shape = broadcastShapes(next.map(({ type }) => type.shape));
      if (shape === undefined || !sameShape(shape, node.type.shape)) return;
      inputs = next;
      changed = true;
    }
  });
  return changed ? site.emit("elementwise", inputs, { formula: operator.formula(node.attrs) }) : undefined;
};

/** What a value was stretched from, by copies or by leading axes of size 1. */
const unstretched = (value: Value, site: Site): Value | undefined => {
  const producer = site.producer(value);
  if (producer.op !== "broadcastTo" && producer.op !== "reshape") return undefined;
  const [source] = site.inputsOf(producer);
  if (source === undefined || producer.op === "broadcastTo") return source;
  return onlyAddsAxes(source.type.shape, value.type.shape) ? source : undefined;
};

const onlyAddsAxes = (from: Dims, to: Dims): boolean =>
  to.length > from.length &&
  to.slice(0, to.length - from.length).every((dim) => dim === 1) &&
  sameShape(from, to.slice(to.length - from.length));

/** Bias and activation move into the call of the convolution or matrix product before them, in training too. */
import { operatorOf } from "../ir/builder.js";
import type { Node, Stage, Value } from "../ir/graph.js";
import { stageReads } from "../ir/verify.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * root(…) followed by biasAdd and an activation becomes one node with an epilogue, where nobody else reads what is
 * between and the target's kernels can do it. Gradients do not stand in the way: relu's mask is taken from its result
 * (y > 0), and a bias's gradient reads no value, so the values between have no other reader.
 */
export const fuseEpilogue: Pass = {
  name: "fuseEpilogue",
  purpose: "Makes convolution, bias and activation one call.",
  requires: "types are right; every epilogue so far came from this pass",
  ensures: "no bias or activation that the target could fuse stands alone after its only producer",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => fused(site, context)),
};

const fused = (site: Site, { registry, target }: PassContext): Value | undefined => {
  const { node, inputs } = site;
  const traits = operatorOf(registry, node.op).traits;
  const [before, ...further] = inputs;
  if (!(traits.includes("bias") || traits.includes("activation")) || before === undefined || !site.readOnce(before))
    return undefined;
  if (further.length !== stageReads(node.op, registry)) return undefined;
  const root = site.producer(before);
  const operator = operatorOf(registry, root.op);
  const stages: readonly Stage[] = [...(root.epilogue ?? []), { op: node.op, attrs: node.attrs }];
  if (!operator.traits.includes("takesEpilogue") || !inOrder(stages, registry) || !target.fuses(operator, stages))
    return undefined;
  const joined: Node = { ...root, type: node.type, epilogue: stages };
  return site.copy(joined, [...site.inputsOf(root), ...further]);
};

/** A bias first, then one activation: what fused kernels compute. */
const inOrder = (stages: readonly Stage[], registry: PassContext["registry"]): boolean =>
  stages.every(({ op }, index) => {
    const { traits } = operatorOf(registry, op);
    return traits.includes("bias") ? index === 0 : index === stages.length - 1;
  });

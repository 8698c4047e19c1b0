/** Bias, residual and activation move into the call of the convolution or matrix product before them, in training too. */
import { substitute, variablesOf } from "../../formula/formula.js";
import { operatorOf, withFormulas } from "../ir/builder.js";
import type { Node, Stage, Value } from "../ir/graph.js";
import { sameType } from "../ir/type.js";
import { stageReads } from "../ir/verify.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * root(…) followed by biasAdd, by the addition of a tensor of the same type and by an activation becomes one node with an
 * epilogue, where nobody else reads what is between and the target's kernels can do it. Gradients do not stand in the way:
 * relu's mask is taken from its result (y > 0), and the gradients of a bias and of a sum read no value, so the values
 * between have no other reader.
 *
 * Where kernels are made of formulas, any formula of the value and of one more tensor of its type may stand in the place of
 * the addition (the mask of a gradient), and any formula of the value alone in that of the activation.
 */
export const fuseEpilogue: Pass = {
  name: "fuseEpilogue",
  purpose: "Makes convolution, bias, residual and activation one call.",
  requires: "types are right; every epilogue so far came from this pass",
  ensures: "no bias, sum or activation that the target could fuse stands alone after its only producer",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => fused(site, context)),
};

const fused = (site: Site, context: PassContext): Value | undefined => {
  const { node, inputs } = site;
  const place = node.epilogue === undefined ? placeOf(node, context) : undefined;
  if (place === undefined || inputs.length !== 1 + stageReads(node, context.registry)) return undefined;
  const [first, second] = inputs;
  if (first === undefined) return undefined;
  if (second === undefined || place !== "residual") return joined(site, first, inputs.slice(1), context);
  if (!sameType(first.type, second.type)) return undefined;
  // The later of two convolutions takes the other, so that the earlier one's result is there.
  const [earlier, later] = first.id < second.id ? [first, second] : [second, first];
  return joined(site, later, [earlier], context) ?? joined(site, earlier, [later], context);
};

/** The producer of `before` with the site's node as one more stage. */
const joined = (site: Site, before: Value, further: readonly Value[], context: PassContext): Value | undefined => {
  const { node } = site;
  if (!site.readOnce(before) || !sameType(before.type, node.type)) return undefined;
  const root = site.producer(before);
  const stages: readonly Stage[] = [...(root.epilogue ?? []), stageOf(site, before, context.registry)];
  return canTake(root, stages, context)
    ? site.copy({ ...root, type: node.type, epilogue: stages }, [...site.inputsOf(root), ...further])
    : undefined;
};

/** The node as a stage, whose first input is `before`: a formula that reads that as its second is turned round. */
const stageOf = ({ node: { op, attrs }, inputs }: Site, before: Value, registry: PassContext["registry"]): Stage => {
  const operator = operatorOf(registry, op);
  const formula = operator.traits.includes("residual") ? undefined : operator.formula?.(attrs);
  const [first, second] = inputs;
  if (formula === undefined || second === undefined || first?.id === before.id) return { op, attrs };
  const turned = substitute(formula, (name) => (name === "x0" ? "x1" : "x0"));
  return { op: "elementwise", attrs: { formula: turned } };
};

const canTake = (root: Node, stages: readonly Stage[], { registry, target }: PassContext): boolean => {
  const operator = operatorOf(registry, root.op);
  return (
    operator.traits.includes("takesEpilogue") &&
    inOrder(stages, { registry, target }) &&
    target.fuses(operator, withFormulas(stages, registry))
  );
};

/** Whether an activation of `value`, which only one node reads, would become a stage of the call behind it, perhaps after a bias. */
export const couldJoin = (value: Value, { op, attrs }: Node, site: Site, context: PassContext): boolean => {
  if (!site.readOnce(value)) return false;
  const node = site.producer(value);
  const stages: readonly Stage[] = [...(node.epilogue ?? []), { op, attrs }];
  if (canTake(node, stages, context)) return true;
  const [before] = site.inputsOf(node);
  const isBias = node.epilogue === undefined && operatorOf(context.registry, node.op).traits.includes("bias");
  return (
    isBias &&
    before !== undefined &&
    site.readOnce(before) &&
    canTake(site.producer(before), [{ op: node.op, attrs: node.attrs }, ...stages], context)
  );
};

/** A bias first, then one residual, then one activation: what fused kernels compute. */
const places = ["bias", "residual", "activation"] as const;

const placeOf = ({ op, attrs }: Stage, { registry, target }: PassContext): (typeof places)[number] | undefined => {
  const operator = operatorOf(registry, op);
  const place = places.find((trait) => operator.traits.includes(trait));
  if (place !== undefined || target.formulas === undefined) return place;
  const formula = operator.formula?.(attrs);
  const reads = formula === undefined ? 0 : variablesOf(formula).size;
  return reads === 1 ? "activation" : reads === 2 ? "residual" : undefined;
};

const inOrder = (stages: readonly Stage[], context: PassContext): boolean => {
  const order = stages.map((stage) => places.findIndex((place) => place === placeOf(stage, context)));
  return order.every((place, index) => place >= 0 && (index === 0 || place > (order[index - 1] ?? -1)));
};

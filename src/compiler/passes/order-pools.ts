/** Pools change places with what may come before or after them: where that makes one call less, or less work. */
import { variable } from "../../formula/formula.js";
import { directionOf } from "../../formula/range.js";
import { E } from "../../fp.js";
import type { ConcreteType, Operator } from "../../ops/operator.js";
import { operatorOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { concreteShape, sameShape, type TensorType } from "../ir/type.js";
import { rewriteFully } from "../rewrite/rule.js";
import type { Site } from "../rewrite/walk.js";
import { couldJoin } from "./fuse-epilogue.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * max f(x) = f(max x) for every f that never falls: an activation goes before a maximum where the call before can take it,
 * and behind it, where there are fewer elements, where nothing before could.
 * mean (x k) = (mean x) k: a mean over places goes before a product over channels where that takes fewer operations.
 */
export const orderPools: Pass = {
  name: "orderPools",
  purpose: "Puts activations and products over channels on the better side of a pool.",
  requires: "no epilogues yet, or those that fuseEpilogue made",
  ensures:
    "no activation stands behind a maximum that a call before it could take, and no mean reads a product that would be smaller behind it",
  run: (graph, context) =>
    rewriteFully(
      graph,
      context.registry,
      (site) => activationBefore(site, context) ?? activationBehind(site, context) ?? meanBefore(site, context),
    ),
};

/** The value that only this node reads, with what made it. */
const onlyInput = (site: Site): { readonly value: Value; readonly node: Node } | undefined => {
  const [value, ...others] = site.inputs;
  return value !== undefined && others.length === 0 && site.readOnce(value)
    ? { value, node: site.producer(value) }
    : undefined;
};

/** A node of one input whose function never falls, alone. */
const isRising = ({ op, attrs, inputs, epilogue }: Node, { registry }: PassContext): boolean => {
  const formula = operatorOf(registry, op).formula?.(attrs);
  return (
    epilogue === undefined && inputs.length === 1 && formula !== undefined && directionOf(formula, variable(0)) === 1
  );
};

const takesGreatest = ({ op, epilogue }: Node, { registry }: PassContext): boolean =>
  epilogue === undefined && operatorOf(registry, op).traits.includes("takesGreatest");

/** activation(max(x)) where x is a call that could take the activation: max(activation(x)). */
const activationBefore = (site: Site, context: PassContext): Value | undefined => {
  const pool = onlyInput(site);
  if (pool === undefined || !isRising(site.node, context) || !takesGreatest(pool.node, context)) return undefined;
  const [x] = site.inputsOf(pool.node);
  if (x === undefined || !couldJoin(x, site.node, site, context)) return undefined;
  return site.emit(pool.node.op, [site.emit(site.node.op, [x], site.node.attrs)], pool.node.attrs);
};

/** max(activation(x)) where nothing before x could take the activation: activation(max(x)). */
const activationBehind = (site: Site, context: PassContext): Value | undefined => {
  const before = onlyInput(site);
  if (before === undefined || !takesGreatest(site.node, context) || !isRising(before.node, context)) return undefined;
  const [x] = site.inputsOf(before.node);
  if (x === undefined || isTaken(x, site, context)) return undefined;
  const pooled = site.emit(site.node.op, [x], site.node.attrs);
  return site.emit(before.node.op, [pooled], before.node.attrs);
};

/**
 * Whether a call before might take the activation, on this backend or in the optimiser of the backend's own, or a generated
 * kernel does. Of activations in a row the last goes behind the pool first, where all of them will.
 */
const isTaken = (x: Value, site: Site, context: PassContext): boolean => {
  const node = site.producer(x);
  const { traits } = operatorOf(context.registry, node.op);
  if (traits.includes("takesEpilogue")) return true;
  if (!traits.includes("elementwise")) return false;
  const [before] = site.inputsOf(node);
  return before === undefined || !site.readOnce(x) || !isRising(node, context) || isTaken(before, site, context);
};

/** mean(product(x) + bias) where the product is over channels at each place: product(mean(x)) + bias. */
const meanBefore = (site: Site, { registry }: PassContext): Value | undefined => {
  const { node, emit } = site;
  const pool = operatorOf(registry, node.op);
  const before = onlyInput(site);
  if (before === undefined || node.epilogue !== undefined || !pool.traits.includes("averages")) return undefined;
  const isBias = operatorOf(registry, before.node.op).traits.includes("bias") && before.node.epilogue === undefined;
  const [behind, bias] = isBias ? site.inputsOf(before.node) : [before.value];
  if (behind === undefined || (isBias && !site.readOnce(behind))) return undefined;
  const product = site.producer(behind);
  const operator = operatorOf(registry, product.op);
  const [x, kernel, ...others] = site.inputsOf(product);
  if (x === undefined || kernel === undefined || others.length > 0 || product.epilogue !== undefined) return undefined;
  if (operator.isPointwise?.([x.type, kernel.type], product.attrs) !== true) return undefined;
  const small = pool.type([x.type], node.attrs);
  if (E.isLeft(small) || !sameShape(small.right.shape.slice(0, -1), node.type.shape.slice(0, -1))) return undefined;
  const now =
    cost(operator, [x.type, kernel.type], product.type, product.attrs) +
    cost(pool, [product.type], node.type, node.attrs);
  const then =
    cost(pool, [x.type], small.right, node.attrs) +
    cost(operator, [small.right, kernel.type], node.type, product.attrs);
  if (then >= now) return undefined;
  const made = emit(product.op, [emit(node.op, [x], node.attrs), kernel], product.attrs);
  return bias === undefined ? made : emit(before.node.op, [made, bias], before.node.attrs);
};

/** Operations for one example. */
const cost = (operator: Operator, inputs: readonly TensorType[], output: TensorType, attrs: Node["attrs"]): number =>
  operator.flops({ inputs: inputs.map(concrete), output: concrete(output), attrs, epilogue: [] });

const concrete = ({ dtype, shape }: TensorType): ConcreteType => ({ dtype, shape: concreteShape(shape, 1) });

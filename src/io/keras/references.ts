/** How calls of layers refer to tensors in a configuration: Keras 3's `keras_history`, and the lists of older files. */
import { isObject } from "../../json-object.js";
import { listOf } from "../../ops/keras-config.js";
import { at, listAt } from "./json.js";

export interface Reference {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** `["conv2d", 0, 0]`. */
export const referenceOf = (value: unknown): Reference | undefined => {
  if (!Array.isArray(value) || value.length < 3) return undefined;
  const [layer, node, tensor] = listOf(value);
  return typeof layer === "string" && isPlace(node) && isPlace(tensor) ? { layer, node, tensor } : undefined;
};

/** The end of a model: flat for one tensor, nested for several, an object where they have keys. */
export const endsOf = (
  value: unknown,
): readonly { readonly key: string | undefined; readonly to: Reference }[] | undefined => {
  const single = referenceOf(value);
  if (single !== undefined) return [{ key: undefined, to: single }];
  const items: readonly (readonly [string | undefined, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown) => [undefined, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  const ends = items.flatMap(([key, item]) => {
    const to = referenceOf(item);
    return to === undefined ? [] : [{ key, to }];
  });
  return ends.length === items.length && ends.length > 0 ? ends : undefined;
};

/** One call of a layer: its arguments, in which tensors are references. */
export interface NodeCall {
  readonly given: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
  /** The lists of Keras 2 count the calls of a nested model from 1. */
  readonly isOld: boolean;
}

export class TensorReference {
  constructor(readonly to: Reference) {}
}

/** Tensors in arguments become references; `undefined` where something is no call. */
const resolve = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolve);
  if (!isObject(value)) return value;
  if (value["class_name"] === "__keras_tensor__") {
    const to = referenceOf(at(at(value, "config"), "keras_history"));
    return to === undefined ? value : new TensorReference(to);
  }
  // A tuple, as Keras writes it.
  if (value["class_name"] === "__tuple__") return (listAt(value, "items") ?? []).map(resolve);
  if (typeof value["class_name"] === "string") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
};

const oldCall = (node: readonly unknown[]): NodeCall | undefined => {
  // A single call of one tensor may be flat.
  const list = referenceOf(node) === undefined ? node : [node];
  const references = list.map(referenceOf);
  const last: unknown = list.findLast((item) => Array.isArray(item) && item.length > 3);
  const named = Array.isArray(last) && isObject(last[3]) ? last[3] : {};
  const tensors = references.flatMap((to) => (to === undefined ? [] : [new TensorReference(to)]));
  return tensors.length === list.length ? { given: [tensors], named, isOld: true } : undefined;
};

export const callsOf = (layer: unknown): readonly NodeCall[] | undefined => {
  const nodes = listAt(layer, "inbound_nodes") ?? [];
  const calls = nodes.map((node): NodeCall | undefined => {
    if (Array.isArray(node)) return oldCall(node);
    const [args, kwargs] = [resolve(listAt(node, "args") ?? []), resolve(at(node, "kwargs") ?? {})];
    return Array.isArray(args) && isObject(kwargs) ? { given: args, named: kwargs, isOld: false } : undefined;
  });
  const known = calls.filter((call) => call !== undefined);
  return known.length === calls.length ? known : undefined;
};

/** All references of a call, in the order of its arguments. */
export const referencesIn = ({ given, named }: NodeCall): readonly Reference[] => {
  const found: Reference[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof TensorReference) found.push(value.to);
    else if (Array.isArray(value)) for (const item of value) walk(item);
    else if (isObject(value)) for (const item of Object.values(value)) walk(item);
  };
  walk(given);
  walk(named);
  return found;
};

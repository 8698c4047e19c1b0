/** Calls of layers as steps of source: options with their numbers as leaves. */
import { isLayerFunction } from "../../dsl/layer.js";
import * as words from "../../ops/index.js";
import { flat } from "./doc.js";
import { literal, numberText, type Use } from "./literals.js";
import type { PlainCall } from "./options.js";
import type { LayerStep, Option, Term } from "./terms.js";

/** Initialisers of more numbers are left out: the weights beside the source are what counts. */
const mostNumbers = 32;

const isLong = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "values" in value &&
  Array.isArray(value.values) &&
  value.values.length > mostNumbers;

/** A value as a term; its numbers go to the leaves. */
const termOf = (value: unknown, leaves: string[], use: Use): Term => {
  if (typeof value === "number") {
    leaves.push(numberText(value));
    return { kind: "leaf", leaf: leaves.length - 1 };
  }
  if (Array.isArray(value)) return { kind: "list", items: value.map((one: unknown) => termOf(one, leaves, use)) };
  return { kind: "text", text: flat(literal(value, use)) };
};

/** A layer with its options; `use` is told of initialisers. */
export const layerStep = ({ call, options, defaults }: PlainCall, use: Use): LayerStep => {
  const leaves: string[] = [];
  const written = Object.entries(options)
    .filter(([, value]) => !isLong(value))
    .map(([name, value]): Option => {
      const before = leaves.length;
      const ignored: Use = () => undefined;
      const term = termOf(value, leaves, defaults.has(name) ? ignored : use);
      return { name, value: term, byDefault: defaults.has(name) ? leaves.slice(before) : undefined };
    });
  const word = Object.entries<unknown>(words).find(([name]) => name === call.word)?.[1];
  return { kind: "layer", call, options: written, hasOptions: !isLayerFunction(word), leaves };
};

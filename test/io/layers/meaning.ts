/** Graphs that compute the same, recognised without running them: by what each result is made of. */
import { sourceName, type Graph } from "../../../src/compiler/ir/graph.js";
import { attributeText } from "../../../src/compiler/ir/text.js";
import { typeText } from "../../../src/compiler/ir/type.js";

/** What each result is computed by, written out with the names of weights, so that equal texts are equal numbers. */
export const meaningOf = (
  graph: Graph,
  names: ReadonlyMap<string, string> = new Map(),
): Readonly<Record<string, number>> => {
  const known = new Map<string, number>();
  const keys = new Map<number, number>();
  for (const node of graph.nodes) {
    const isWeight = node.op === "parameter" || node.op === "state";
    const name = sourceName(node);
    const what = isWeight ? `weight ${names.get(name) ?? name}` : `${node.op} ${attributeText(node.attrs)}`;
    const inputs = node.inputs.map((id) => keys.get(id) ?? -1);
    // a + b is b + a, to the last bit.
    const key = `${what} ${typeText(node.type)} ${(node.op === "add" ? inputs.toSorted((a, b) => a - b) : inputs).join()}`;
    if (!known.has(key)) known.set(key, numberOf(key));
    keys.set(node.id, known.get(key) ?? -1);
  }
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, keys.get(value) ?? -1]));
};
const numbers = new Map<string, number>();
const numberOf = (key: string): number => {
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
};

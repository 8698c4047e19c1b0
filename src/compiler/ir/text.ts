/** The canonical text of a graph; parse.ts reads it back. */
import type { Attribute, Graph, Node, Output } from "./graph.js";
import { typeText } from "./type.js";

const bare = /^[A-Za-z_][A-Za-z0-9_]*$/;
const keyText = (key: string): string => (bare.test(key) ? key : JSON.stringify(key));

/** An attribute as JSON with bare keys in order; −0 keeps its sign. */
export const attributeText = (value: Attribute): string => {
  if (Array.isArray(value)) return `[${value.map(attributeText).join(", ")}]`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${keyText(key)}: ${attributeText(item)}`).join(", ")}}`;
};

const attrsText = (attrs: Node["attrs"]): string => (Object.keys(attrs).length === 0 ? "" : ` ${attributeText(attrs)}`);

/** One line: `%2 = conv2d(%0, %1, %3) {strides: [1, 1]} + biasAdd + relu : f32[n, 26, 26, 64]`; `@0` before the colon names its call. */
export const nodeText = ({ id, op, inputs, attrs, type, epilogue = [], joint }: Node): string => {
  const stages = epilogue.map((stage) => ` + ${stage.op}${attrsText(stage.attrs)}`).join("");
  return `%${id} = ${op}(${inputs.map((input) => `%${input}`).join(", ")})${attrsText(attrs)}${stages}${joint === undefined ? "" : ` @${joint}`} : ${typeText(type)}`;
};

const outputText = ({ kind, name, value }: Output): string => `${kind} ${JSON.stringify(name)} = %${value}`;

/** The whole graph: a line a node, then a line an output. */
export const graphText = ({ nodes, outputs }: Graph): string =>
  [...nodes.map(nodeText), ...outputs.map(outputText)].map((line) => `${line}\n`).join("");

/** A model's summary as a table for people. */
import type { Summary } from "../run/summary.js";
import { dimText } from "../shape/text.js";
import { bytes, count, operations } from "./quantities.js";
import { textTable } from "./text-table.js";

/** `[n, ?, ?, 8]`: the batch axis, axes that are not known before data comes, channels. */
const shape = ([batch = null, ...axes]: readonly (number | null)[]): string =>
  `[${[batch ?? "n", ...axes.map(dimText)].join(", ")}]`;

/** A quantity, or why there is none. */
const known = (quantity: number | null, text: (quantity: number) => string): string =>
  quantity === null ? "depends on the input's size (--input-shape)" : text(quantity);

export const summaryTable = ({ layers, parameters, trainable, flops, memory }: Summary): string => {
  const table = textTable(
    [
      { title: "layer", align: "left" },
      { title: "operator", align: "left" },
      { title: "output shape", align: "left" },
      { title: "parameters", align: "right" },
    ],
    layers.map((layer) => [layer.name, layer.op, shape(layer.outputShape), count(layer.parameters)]),
  );
  const frozen = parameters - trainable;
  return [
    table,
    `parameters  ${count(parameters)} (${frozen === 0 ? "all trainable" : `${count(trainable)} trainable, ${count(frozen)} not`})`,
    `work        ${known(flops, (work) => `${operations(work)} per example`)}`,
    `memory      ${bytes(memory.parameters)} of parameters, ${known(memory.values, (values) => `${bytes(values)} of values per example`)}`,
  ].join("\n");
};

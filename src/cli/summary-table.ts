/** A model's summary as a table for people. */
import type { Summary } from "../run/summary.js";
import { bytes, count, operations } from "./quantities.js";
import { textTable } from "./text-table.js";

const shape = (axes: readonly (number | null)[]): string => `[${axes.map((axis) => axis ?? "n").join(", ")}]`;

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
    `work        ${operations(flops)} per example`,
    `memory      ${bytes(memory.parameters)} of parameters, ${bytes(memory.values)} of values per example`,
  ].join("\n");
};

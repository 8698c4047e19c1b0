/** Reads the operators' worked examples: values from Keras and TensorFlow, made by scripts/goldens. */
import { existsSync, readFileSync } from "node:fs";
import type { Attributes } from "../../src/compiler/ir/graph.js";
import type { Numbered } from "./run-graph.js";

export interface WorkedExample {
  readonly attrs: Attributes;
  readonly inputs: readonly Numbered[];
  readonly output: Numbered;
}

interface RawTensor {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

const fileOf = (operator: string): URL => new URL(`../fixtures/operators/${operator}.json`, import.meta.url);

/** "NaN", "Infinity", "-0" stand for what JSON has no numbers for; nine digits are read back as the float32 that they stand for. */
const numbered = ({ dtype, shape, data }: RawTensor): Numbered => ({
  dtype,
  shape,
  data: data.map((value) => (dtype === "f32" ? Math.fround(Number(value)) : Number(value))),
});

/** Undefined when the operator has none. */
export const workedExamples = (operator: string): readonly WorkedExample[] | undefined => {
  if (!existsSync(fileOf(operator))) return undefined;
  const { cases }: { cases: readonly { attrs: Attributes; inputs: readonly RawTensor[]; output: RawTensor }[] } =
    JSON.parse(readFileSync(fileOf(operator), "utf8"));
  return cases.map(({ attrs, inputs, output }) => ({ attrs, inputs: inputs.map(numbered), output: numbered(output) }));
};

/** docs/typed-source.md: its example is made by the command's own functions (UPDATE=1), and must be what they give. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { graphText } from "../../src/compiler/ir/text.js";
import { model } from "../../src/dsl/model.js";
import { orThrow } from "../../src/errors.js";
import { layersOf, raise } from "../../src/io/layers/index.js";
import { onnxOf } from "../../src/io/onnx/of-model.js";
import { readOnnx } from "../../src/io/onnx/read/index.js";
import { sourceOf } from "../../src/io/source/index.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { initialWeights } from "../../src/run/initial-weights.js";
import { resnet20 } from "../types/nets/resnet20.js";

const place = new URL("../../docs/typed-source.md", import.meta.url);
const begin = "<!-- generated: UPDATE=1 npx vitest run test/docs/typed-source.test.ts -->\n";
const end = "<!-- end -->";
const shownLines = 14;
const widest = 118;

const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`.trimEnd()).join("\n");

test("the example", () => {
  const { graph, model: made } = orThrow(inferenceGraph(model(resnet20)));
  const { bytes } = orThrow(onnxOf(graph, initialWeights(made.weights, 0)));
  const read = orThrow(readOnnx(bytes, { where: "resnet20.onnx" }));
  const { layers } = orThrow(raise(read.graph));
  const { text } = orThrow(sourceOf(layers, { from: "resnet20.onnx", weightsFile: "resnet20.safetensors" }));
  const operators = graphText(read.graph).trimEnd().split("\n");
  const cut = (line: string): string => (line.length > widest ? `${line.slice(0, widest - 2)} …` : line);
  const example = `
${indented(operators.slice(0, shownLines).map(cut))}
    … ${operators.length - shownLines} lines more

and the source that \`svertka convert resnet20.onnx --output resnet20.ts\` writes:

${indented(text.trimEnd().split("\n"))}

`;
  const page = readFileSync(place, "utf8");
  const [head = "", rest = ""] = page.split(begin);
  const written = `${head}${begin}${example}${end}${rest.slice(rest.indexOf(end) + end.length)}`;
  if (process.env["UPDATE"] !== undefined) writeFileSync(place, written);
  expect(readFileSync(place, "utf8")).toBe(written);
  // The file's layers are the module's: but for names, both sources are one.
  const own = orThrow(sourceOf(orThrow(layersOf(model(resnet20))), { from: "resnet20.onnx" })).text;
  expect(text.split("\n").length).toBeLessThan(own.split("\n").length + 20);
});

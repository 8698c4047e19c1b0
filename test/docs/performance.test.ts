/** docs/performance.md says what the compiler does to four nets: calls, bytes, memory, and why any elementwise call or move is left. UPDATE=1 writes it. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { bytes, count } from "../../src/cli/quantities.js";
import type { Model } from "../../src/dsl/model.js";
import { orReject, orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { compileGraph } from "../../src/run/compiled-graph.js";
import { explain, type Explanation } from "../../src/run/explain.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { adam, sparseCategoricalCrossentropy } from "../../src/train/index.js";
import { trainingGraph } from "../../src/train/step-graph.js";
import { architectures } from "../nets/architectures.js";

const page = new URL("../../docs/performance.md", import.meta.url);
const [begin, end] = ["<!-- calls: begin -->", "<!-- calls: end -->"];

const net = (name: string): Model<unknown, unknown> => {
  const found = architectures.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no net ${name}`);
  return found.full;
};

const inference = async (name: string): Promise<Explanation> => {
  const device = await orReject(wasm.load);
  const { graph, model } = orThrow(inferenceGraph(net(name)));
  const compiled = compileGraph(graph, { registry: operators, device, stableWeights: true });
  const explanation = orThrow(explain(compiled, device, { batch: 1, layers: model.layers }));
  compiled.dispose();
  return explanation;
};

const trainingStep = async (name: string, batch: number): Promise<Explanation> => {
  const device = await orReject(wasm.load);
  const request = { registry: operators, seed: 0, loss: sparseCategoricalCrossentropy(), metrics: [] };
  const step = orThrow(trainingGraph({ ...request, model: net(name)["~model"], optimizer: adam() }));
  const compiled = compileGraph(step.graph, { registry: operators, device, stableWeights: false });
  const explanation = orThrow(explain(compiled, device, { batch, layers: step.model.layers }));
  compiled.dispose();
  return explanation;
};

const row = (title: string, { before, after, remaining }: Explanation): string =>
  `| ${[
    title,
    `${count(before.calls)} → ${count(after.calls)}`,
    `${bytes(before.bytes)} → ${bytes(after.bytes)}`,
    `${bytes(before.peakBytes)} → ${bytes(after.peakBytes)}`,
    count(remaining.length),
  ].join(" | ")} |`;

/** What is left, counted by operator and reasons. */
const left = (title: string, { remaining }: Explanation): readonly string[] => {
  const groups = new Map<string, number>();
  for (const { operator, reasons } of remaining) {
    const kinds = [...new Set(reasons.map(({ kind }) => kind))].toSorted().join("; ");
    groups.set(`${operator}: ${kinds}`, (groups.get(`${operator}: ${kinds}`) ?? 0) + 1);
  }
  const lines = [...groups].toSorted(([, a], [, b]) => b - a).map(([text, many]) => `* ${many} × ${text}`);
  return lines.length === 0 ? [] : ["", `What is left in ${title}, and why:`, "", ...lines];
};

test("calls, bytes moved and peak memory, before and after", { timeout: 180_000 }, async () => {
  const rows: (readonly [string, Explanation])[] = [];
  for (const name of ["ResNet-50", "MobileNetV2", "DenseNet-121"]) rows.push([name, await inference(name)]);
  rows.push(["ResNet-20, a step of 32", await trainingStep("ResNet-20", 32)]);
  const text = [
    "| net | kernel calls | bytes moved | peak of values | elementwise calls and moves left |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(([title, explanation]) => row(title, explanation)),
    ...rows.flatMap(([title, explanation]) => left(title, explanation)),
  ].join("\n");
  for (const [title, { remaining, before, after }] of rows) {
    expect(after.calls, title).toBeLessThan(before.calls);
    expect(after.bytes, title).toBeLessThan(before.bytes);
    // Whatever is left has a reason for each of its neighbours.
    for (const { reasons, operator } of remaining) expect(reasons.length, `${title}: ${operator}`).toBeGreaterThan(0);
  }
  const now = readFileSync(page, "utf8");
  const [head = "", rest = ""] = now.split(begin);
  const [, tail = ""] = rest.split(end);
  const wanted = `${head}${begin}\n\n${text}\n\n${end}${tail}`;
  if (process.env["UPDATE"] === "1") writeFileSync(page, wanted);
  else expect(now, "UPDATE=1 npx vitest run test/docs/performance.test.ts").toBe(wanted);
});

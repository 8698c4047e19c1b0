/** docs/backends.md: its table of operators by backend is written from the targets (UPDATE=1), and must be what they say. */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import "@tensorflow/tfjs-backend-webgpu";
import { withFormulas } from "../../src/compiler/ir/builder.js";
import { target as nodeTarget } from "../../src/backends/node/target.js";
import { ortTarget } from "../../src/backends/ort/target.js";
import { reference } from "../../src/backends/reference/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { webglTarget } from "../../src/backends/tfjs/webgl/backend.js";
import "../../src/backends/tfjs/webgl/index.js";
import { webgpuTarget } from "../../src/backends/tfjs/webgpu/backend.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import { requiredPasses, runPasses } from "../../src/compiler/pipeline.js";
import type { KernelTarget, Target } from "../../src/compiler/target.js";
import { orReject } from "../../src/errors.js";
import type { ConcreteType, Operator, OperatorCase } from "../../src/ops/operator.js";
import { operators } from "../../src/ops/registry.js";
import { casesOf } from "../support/operator-cases.js";
import { operatorGraph, typeOf } from "../support/run-graph.js";

const place = new URL("../../docs/backends.md", import.meta.url);
const marker = "<!-- generated: UPDATE=1 npx vitest run test/docs/backends.test.ts -->\n";

let targets: readonly Target[];
beforeAll(async () => {
  const [slow, plain, simd] = await Promise.all([reference, cpu, wasm].map((backend) => orReject(backend.load)));
  if (slow === undefined || plain === undefined || simd === undefined) throw new Error("a backend is missing");
  targets = [slow.target, plain.target, simd.target, nodeTarget, ortTarget, webglTarget(), webgpuTarget()];
});

const isKernels = (target: Target): target is KernelTarget => "call" in target;

const concrete = (text: string): ConcreteType => {
  const { dtype, shape } = typeOf(text);
  return { dtype, shape: concreteShape(shape, 1) };
};

/** How a target runs one case: by its own word for it, by other operators, or not at all. */
const wayOf = (operator: Operator, { inputs, attrs }: OperatorCase, target: Target): string => {
  const { builder, output } = operatorGraph(operator.name, inputs.map(typeOf), attrs);
  const graph = builder.finish([{ kind: "result", name: "y", value: output.id }]);
  const legal = runPasses(graph, { registry: operators, target, passes: requiredPasses }).graph;
  const runs = legal.nodes.every((node) => {
    const own = operators.get(node.op);
    if (own === undefined || own.traits.includes("source") || node.op === "reshape") return true;
    const types = node.inputs.map((id) => legal.nodes.find((one) => one.id === id)?.type);
    return target.has(own, {
      inputs: types.map((type) => ({ dtype: type?.dtype ?? "f32", shape: concreteShape(type?.shape ?? [], 1) })),
      output: { dtype: node.type.dtype, shape: concreteShape(node.type.shape, 1) },
      attrs: node.attrs,
      epilogue: [],
    });
  });
  if (!runs) return "–";
  if (!legal.nodes.some((node) => node.op === operator.name)) return "composed";
  if (!isKernels(target)) return "native";
  const request = {
    inputs: inputs.map(concrete),
    output: { dtype: output.type.dtype, shape: concreteShape(output.type.shape, 1) },
    attrs,
    epilogue: [],
  };
  // TensorFlow.js's kernels begin with a capital or an underscore, ours do not; the reference has one of ours for each.
  return /^[a-z]/.test(target.call(operator, request)?.kernel ?? "") ? "own" : "kernel";
};

/** Whether the target takes bias and activation into this operator's call, or this operator into a formula with others. */
const fusionOf = (operator: Operator, target: Target): string => {
  const stages = [
    { op: "biasAdd", attrs: {} },
    { op: "relu", attrs: {} },
  ];
  if (operator.traits.includes("takesEpilogue") && target.fuses(operator, withFormulas(stages, operators))) return " ⊕";
  return operator.traits.includes("elementwise") && target.formulas !== undefined ? " ⊕" : "";
};

const cell = (operator: Operator, target: Target): string => {
  const ways = [...new Set(casesOf(operator).map((one) => wayOf(operator, one, target)))].toSorted();
  return `${ways.join(", ")}${fusionOf(operator, target)}`;
};

const tableOf = (): string => {
  const rows = [...operators.values()]
    .filter((operator) => !operator.traits.includes("source") && casesOf(operator).length > 0)
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((operator) => [
      operator.name,
      operator.gradient === undefined ? "none" : "yes",
      ...targets.map((target) => cell(operator, target)),
    ]);
  const header = ["operator", "gradient", ...targets.map(({ name }) => name)];
  return [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
};

test("the table of operators by backend is what the targets say", () => {
  const [head = "", written = ""] = readFileSync(place, "utf8").split(marker);
  const table = `\n${tableOf()}\n`;
  if (process.env["UPDATE"] === "1") writeFileSync(place, `${head}${marker}${table}`);
  else expect(written).toBe(table);
});

test("every backend runs every operator, but for what it says that it cannot", () => {
  const missing = [...operators.values()].flatMap((operator) =>
    targets
      .filter((target) => casesOf(operator).some((one) => wayOf(operator, one, target) === "–"))
      .map((target) => `${target.name} ${operator.name}`),
  );
  expect(missing).toEqual(["ort projectiveTransform", "ort uniform"]);
});

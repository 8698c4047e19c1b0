/** The conformance suite, derived from the registry: whoever adds an operator has these tests already. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import type { Value } from "../../src/compiler/ir/graph.js";
import { graphText } from "../../src/compiler/ir/text.js";
import { parseGraph } from "../../src/compiler/ir/parse.js";
import { defaultPasses } from "../../src/compiler/pipeline.js";
import { orReject, orThrow } from "../../src/errors.js";
import type { Operator, OperatorCase } from "../../src/ops/operator.js";
import { operators } from "../../src/ops/registry.js";
import type { Backend, Device } from "../../src/backends/backend.js";
import { inferringBackends } from "../support/backends.js";
import { elementError } from "../support/element-error.js";
import { noteGolden } from "../support/golden-notes.js";
import { workedExamples } from "../support/fixtures.js";
import { casesOf } from "../support/operator-cases.js";
import { randomInput } from "../support/random-inputs.js";
import { operatorGraph, relativeError, runGraph, runOperator, typeOf, type Numbered } from "../support/run-graph.js";
import { reference } from "../../src/backends/reference/index.js";

/** Operators whose values have another witness than Keras, and which. */
const otherWitnesses: Readonly<Record<string, string>> = {
  input: "it has no value of its own",
  parameter: "it has no value of its own",
  state: "it has no value of its own",
  constant: "its value is its attribute",
  size: "its value is a product of sizes",
  uniform: "Random123's known answers, in test/random",
  elementwise: "the functions of formulas, in test/formula",
  reduceFormula: "float64 loops over the elements, in test/backends/wasm-kernels",
};

/** What a backend cannot express: asked for it, it says so by name. */
const lacking: Readonly<Record<string, readonly string[]>> = { ort: ["uniform", "projectiveTransform"] };
const lacks = ({ name }: Backend, operator: string): boolean => lacking[name]?.includes(operator) ?? false;

/** A test that is there only where it applies: what does not apply is not skipped, it is not a test. */
const testIf = (applies: boolean): typeof test | (() => void) => (applies ? test : () => undefined);

const inputsOf = ({ inputs, fill = [] }: OperatorCase): readonly Numbered[] =>
  inputs.map((text, i) => randomInput(typeOf(text), fill[i], i + 1));

describe.each([...operators.values()].map((operator) => [operator.name, operator] as const))("%s", (name, operator) => {
  const examples = workedExamples(name);

  test("has worked examples from outside", () => {
    expect(examples ?? otherWitnesses[name]).toBeDefined();
  });

  testIf(!(operator.traits.includes("source") || (casesOf(operator).length === 0 && examples === undefined)))(
    "prints and parses",
    () => {
      for (const { inputs, attrs } of [
        ...casesOf(operator),
        ...(examples ?? []).map(({ inputs: given, attrs }) => ({
          inputs: given.map(({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`),
          attrs,
        })),
      ]) {
        const { builder, output } = operatorGraph(name, inputs.map(typeOf), attrs);
        const graph = builder.finish([{ kind: "result", name: "y", value: output.id }]);
        expect(orThrow(parseGraph(graphText(graph), operators, "test"))).toEqual(graph);
      }
    },
  );

  const runs = casesOf(operator).length > 0 || examples !== undefined;
  const unable = inferringBackends.filter((backend) => lacks(backend, name));
  testIf(unable.length > 0)(
    `is said to be lacking on ${unable.map((backend) => backend.name).join(", ")}`,
    async () => {
      for (const backend of unable)
        for (const one of casesOf(operator)) {
          const device = await orReject(backend.load);
          const before = device.memory().buffers;
          await expect(runOperator(device, name, inputsOf(one), one.attrs)).rejects.toMatchObject({
            error: { tag: "Unsupported", message: expect.stringContaining(name) },
          });
          expect(device.memory().buffers - before, "what was fed").toBe(one.inputs.length);
        }
    },
  );

  const able = inferringBackends.filter((backend) => !lacks(backend, name));
  describe.each((runs ? able : []).map((backend) => [backend.name, backend] as const))(
    "on %s",
    (backendName, backend) => {
      let device: Device;
      let oracle: Device;
      let before = 0;
      beforeAll(async () => {
        device = await orReject(backend.load);
        oracle = await orReject(reference.load);
        before = device.memory().buffers;
      });
      afterAll(() => expect(device.memory().buffers, "buffers that were left").toBe(before));

      testIf(!(examples === undefined))("gives the values of the worked examples", async () => {
        for (const { attrs, inputs, output } of examples ?? []) {
          // The reference computes in float64; what overflows float32 is infinite there.
          const got = (await runOperator(device, name, inputs, attrs)).map(Math.fround);
          const forward = relativeError(got, output.data);
          const about = `${JSON.stringify(attrs)} ${inputs.map((i) => i.shape.join("x")).join(" ")}: ${[...got].slice(0, 20).join()} for ${[...output.data].slice(0, 20).join()}`;
          expect(forward, about).toBeLessThan(1e-5);
          expect(elementError(got, output.data), about).toBeLessThan(1e-5);
          noteGolden({ section: "operators", name, backend: backendName, errors: { forward } });
        }
      });

      testIf(!(backendName === "reference" || casesOf(operator).length === 0))("equals the reference", async () => {
        for (const one of casesOf(operator)) {
          const inputs = inputsOf(one);
          const got = await runOperator(device, name, inputs, one.attrs);
          const want = await runOperator(oracle, name, inputs, one.attrs);
          expect(relativeError(got, want), JSON.stringify(one)).toBeLessThan(1e-5);
          expect(elementError(got, want), `element by element: ${JSON.stringify(one)}`).toBeLessThan(1e-5);
        }
      });

      testIf(!(casesOf(operator).length === 0))("is the same optimised", async () => {
        for (const one of casesOf(operator)) {
          const inputs = inputsOf(one);
          const plain = await runOperator(device, name, inputs, one.attrs);
          const optimised = await runOperator(device, name, inputs, one.attrs, defaultPasses);
          expect(relativeError(optimised, plain), JSON.stringify(one)).toBeLessThan(1e-6);
        }
      });
    },
  );

  // On the oracle, in float64: once, where it is among the backends.
  const differentiable =
    inferringBackends.some((backend) => backend.name === "reference") &&
    casesOf(operator).some((one) => operatorHasGradient(operator, one));
  testIf(!!differentiable)("has the gradient of finite differences", async () => {
    const device = await orReject(reference.load);
    for (const one of casesOf(operator)) await expectGradient(device, name, one);
  });
});

function operatorHasGradient(operator: Operator, { inputs }: OperatorCase): boolean {
  return operator.gradient !== undefined && inputs.some((text) => text.startsWith("f32"));
}

/** d/dx of Σ w ⊙ op(x) for fixed random w, by the compiler and by central differences in float64. */
async function expectGradient(device: Device, name: string, one: OperatorCase): Promise<void> {
  const inputs = inputsOf(one);
  const { builder, fed, output } = operatorGraph(name, inputs, one.attrs);
  const weights = randomInput(output.type, undefined, 99);
  const fedWeights = builder.emit("input", [], { name: String(inputs.length), dtype: "f32", shape: output.type.shape });
  const product = builder.emit("multiply", [output, fedWeights]);
  const loss = builder.emit("reduceSum", [product], {
    axes: output.type.shape.map((_, axis) => axis),
    keepDims: false,
  });
  const nodes = builder.finish([]).nodes.slice();
  const wrt = fed.filter((_, i) => inputs[i]?.dtype === "f32");
  const gradients = appendGradient({ nodes, builder, registry: operators, loss, wrt });
  const known = gradients.flatMap((gradient, i): [Value, Value][] =>
    gradient === undefined || wrt[i] === undefined ? [] : [[wrt[i], gradient]],
  );
  const graph = builder.finish([
    { kind: "result", name: "loss", value: loss.id },
    ...known.map(([input, gradient]) => ({ kind: "result" as const, name: `d${input.id}`, value: gradient.id })),
  ]);
  const results = await runGraph(graph, device, [...inputs, weights]);
  expect(known.length, "gradients").toBeGreaterThan(0);
  for (const [input] of known) {
    const index = fed.indexOf(input);
    const numeric = await finiteDifferences(device, { name, attrs: one.attrs, inputs, index, weights });
    const about = `${name} by input ${index}: ${JSON.stringify(one.attrs)}`;
    expect(relativeError(results[`d${input.id}`] ?? [], numeric), about).toBeLessThan(1e-6);
    expect(elementError(results[`d${input.id}`] ?? [], numeric), about).toBeLessThan(1e-6);
  }
}

interface DifferenceOf {
  readonly name: string;
  readonly attrs: OperatorCase["attrs"];
  readonly inputs: readonly Numbered[];
  readonly index: number;
  readonly weights: Numbered;
}

async function finiteDifferences(
  device: Device,
  { name, attrs, inputs, index, weights }: DifferenceOf,
): Promise<number[]> {
  const step = 1e-5;
  const input = inputs[index];
  if (input === undefined) return [];
  const { builder, output } = operatorGraph(name, inputs, attrs);
  const graph = builder.finish([{ kind: "result", name: "y", value: output.id }]);
  const lossAt = async (element: number, change: number): Promise<number> => {
    const data = Float64Array.from(input.data);
    data[element] = (data[element] ?? 0) + change;
    const { y = [] } = await runGraph(
      graph,
      device,
      inputs.map((other, i) => (i === index ? { ...input, data } : other)),
    );
    return Array.from(y).reduce((sum, value, i) => sum + value * (weights.data[i] ?? 0), 0);
  };
  const slopes: number[] = [];
  for (let element = 0; element < input.data.length; element++)
    slopes.push(((await lossAt(element, step)) - (await lossAt(element, -step))) / (2 * step));
  return slopes;
}

/** Lowering: flat programs for one batch size, what depends on weights alone apart, and a value when a kernel is missing. */
import { expect, test } from "vitest";
import { lower } from "../../../src/compiler/lowering/lower.js";
import { fillsOf, type Step } from "../../../src/compiler/lowering/program.js";
import { exitCodeOf, orThrow, render } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { operators } from "../../../src/ops/registry.js";
import type { KernelTarget } from "../../../src/compiler/target.js";
import type { InputForm } from "../../../src/ops/operator.js";
import { anyTarget, ir, parsed, slide, source } from "../ir-text.js";

const text = ir(
  source(0, "input", "x", ["n", 4]),
  source(1, "parameter", "w", [4]),
  '%2 = elementwise(%1) {formula: ["mul", "x0", 2]} : f32[4]',
  "%3 = multiply(%0, %2) : f32[n, 4]",
  '%4 = reshape(%3) {shape: ["4n"]} : f32[4n]',
  "%5 = relu(%4) : f32[4n]",
  'result "y" = %5',
);

const options = { registry: operators, target: anyTarget, batch: 3, stableWeights: true };

/** A step in short: `multiply 0,2 -> 3`, `view 3 -> 4`, `free 3`. */
const shortly = (step: Step): string => {
  if (step.kind === "free") return `free ${step.slot}`;
  if (step.kind === "joint") return `${step.call.kernel} ${step.inputs.join()} -> ${fillsOf(step).join()}`;
  return step.kind === "view"
    ? `view ${step.input} -> ${step.output}`
    : `${step.call.kernel} ${step.inputs.join()} -> ${step.output}`;
};

test("what depends on stable weights alone is prepared once", () => {
  const { prepare, prepared, steps } = orThrow(lower(parsed(text), options));
  expect(prepare.map(shortly)).toEqual(["elementwise 1 -> 2"]);
  expect(prepared).toEqual([2]);
  expect(steps.map(shortly)).toEqual(["multiply 0,2 -> 3", "view 3 -> 4", "free 3", "relu 4 -> 5", "free 4"]);
});

test("weights that change are read in each step", () => {
  const { prepare, prepared, steps } = orThrow(lower(parsed(text), { ...options, stableWeights: false }));
  expect(prepare).toEqual([]);
  expect(prepared).toEqual([]);
  expect(steps.map(shortly).slice(0, 3)).toEqual(["elementwise 1 -> 2", "multiply 0,2 -> 3", "free 2"]);
});

test("the batch has its number: n is 3, 4n is 12", () => {
  const { feeds, outputs } = orThrow(lower(parsed(text), options));
  expect(feeds.map(({ kind, name, type }) => `${kind} ${name} ${type.shape.join()}`)).toEqual([
    "input x 3,4",
    "parameter w 4",
  ]);
  expect(outputs.map(({ kind, name, type }) => `${kind} ${name} ${type.shape.join()}`)).toEqual(["result y 12"]);
});

test("constants are prepared also where weights change", () => {
  const constant = '%1 = constant() {dtype: "f32", shape: [4], value: [1, 2, 3, 4]} : f32[4]';
  const graph = parsed(
    ir(source(0, "input", "x", ["n", 4]), constant, "%2 = add(%0, %1) : f32[n, 4]", 'result "y" = %2'),
  );
  const { prepare, steps } = orThrow(lower(graph, { ...options, stableWeights: false }));
  expect(prepare.map(shortly)).toEqual(["constant  -> 1"]);
  expect(steps.map(shortly)).toEqual(["add 0,1 -> 2"]);
});

test("an operator without a kernel is named, with the backend and the remedy", () => {
  const target = { ...anyTarget, name: "tiny", call: () => undefined };
  const result = lower(parsed(text), { ...options, target });
  if (E.isRight(result)) throw new Error("it lowered");
  expect(result.left.tag).toBe("Unsupported");
  expect(exitCodeOf(result.left)).toBe(3);
  expect(render(result.left)).toMatch(/^elementwise: the tiny backend has no kernel for .*: choose another backend$/);
});

test("a form of a moved value is made of the value before the move, where the target can; the move is then no step", () => {
  const moved = parsed(
    ir(
      source(0, "input", "x", ["n", 4, 4, 2]),
      source(1, "parameter", "k", [1, 1, 3, 2]),
      "%2 = reverse(%1) {axes: [0, 1]} : f32[1, 1, 3, 2]",
      "%3 = transpose(%2) {permutation: [0, 1, 3, 2]} : f32[1, 1, 2, 3]",
      `%4 = conv2d(%0, %3) ${slide()} : f32[n, 4, 4, 3]`,
      'result "y" = %4',
    ),
  );
  const packing: KernelTarget = {
    ...anyTarget,
    call: (operator, { inputs, attrs }) =>
      operator.name === "conv2d"
        ? {
            kernel: "conv2d",
            inputs: [0, inputs.length],
            attrs,
            forms: [{ input: 1, kernel: "pack", attrs: { moves: [] }, type: { dtype: "f32", shape: [6] } }],
          }
        : anyTarget.call(operator, { inputs, attrs, output: { dtype: "f32", shape: [] }, epilogue: [] }),
  };
  const through = (form: InputForm, { op }: { readonly op: string }) => ({
    moves: [...(Array.isArray(form.attrs["moves"]) ? form.attrs["moves"] : []), op],
  });
  const stepsOf = (target: KernelTarget) => {
    const { steps } = orThrow(lower(moved, { ...options, target, stableWeights: false }));
    return steps.filter(({ kind }) => kind === "call").map(shortly);
  };
  expect(stepsOf(packing)).toEqual(["reverse 1 -> 2", "transpose 2 -> 3", "pack 3 -> 5", "conv2d 0,3,5 -> 4"]);
  const { steps } = orThrow(
    lower(moved, {
      ...options,
      target: {
        ...packing,
        formBefore: (form, move) =>
          move.op === "transpose" || move.op === "reverse" ? through(form, move) : undefined,
      },
      stableWeights: false,
    }),
  );
  const calls = steps.flatMap((step) => (step.kind === "call" ? [step] : []));
  expect(calls.map(shortly)).toEqual(["pack 1 -> 5", "conv2d 0,3,5 -> 4"]);
  expect(calls[0]?.call.attrs).toEqual({ moves: ["transpose", "reverse"] });
});

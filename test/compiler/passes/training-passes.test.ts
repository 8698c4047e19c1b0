/** The passes of training steps: what they leave alone, beside the examples of their pages. */
import { expect, test } from "vitest";
import { factorSums } from "../../../src/compiler/passes/factor-sums.js";
import { fuseReductions } from "../../../src/compiler/passes/fuse-reductions.js";
import { hoistFactors } from "../../../src/compiler/passes/hoist-factors.js";
import { joinCalls } from "../../../src/compiler/passes/join-calls.js";
import type { Pass } from "../../../src/compiler/passes/pass.js";
import { recompute } from "../../../src/compiler/passes/recompute.js";
import { sinkBroadcasts } from "../../../src/compiler/passes/sink-broadcasts.js";
import { sizesOfInputs } from "../../../src/compiler/passes/sizes-of-inputs.js";
import { after, anyTarget, ir, source, withoutDead } from "../ir-text.js";

const target = { ...anyTarget, formulas: { inputs: 8, joint: true } };
const sources = [
  source(0, "input", "x", ["n", 4]),
  source(1, "input", "z", ["n", 4]),
  source(2, "parameter", "scale", [4]),
];
const made = (pass: Pass, ...lines: readonly string[]): string => after(pass, ir(...sources, ...lines), target);
const stays = (name: string, pass: Pass, ...lines: readonly string[]): void =>
  test(`${pass.name}: ${name}`, () => {
    const text = withoutDead(ir(...sources, ...lines));
    expect(after(pass, text, target)).toBe(text);
  });

stays(
  "a stretched value that gives the shape stays",
  sinkBroadcasts,
  '%3 = broadcastTo(%2) {shape: ["n", 4]} : f32[n, 4]',
  "%4 = tanh(%3) : f32[n, 4]",
  'result "y" = %4',
);

test("sizesOfInputs: a multiple of the batch size is one of the input's", () => {
  const text = made(
    sizesOfInputs,
    "%3 = tanh(%0) : f32[n, 4]",
    "%4 = size(%3) {axes: [0, 1]} : f32[]",
    "%5 = size(%3) {axes: [1]} : f32[]",
    'result "y" = %4',
    'result "z" = %5',
  );
  expect(text).toContain("size(%0) {axes: [0]} : f32[]");
  expect(text).toContain('elementwise(%2) {formula: ["mul", "x0", 4]} : f32[]');
  expect(text).toContain('constant() {dtype: "f32", shape: [], value: 4} : f32[]');
  expect(text).not.toContain("tanh");
});

stays(
  "a factor that changes along the axes stays",
  factorSums,
  "%3 = multiply(%0, %1) : f32[n, 4]",
  "%4 = reduceSum(%3) {axes: [0], keepDims: false} : f32[4]",
  'result "y" = %4',
);
stays(
  "a maximum has no factors: one below 0 would turn it round",
  factorSums,
  "%3 = multiply(%0, %2) : f32[n, 4]",
  "%4 = reduceMax(%3) {axes: [0], keepDims: false} : f32[4]",
  'result "y" = %4',
);
test("factorSums: deviations from their own mean sum to 0, from another mean they do not", () => {
  const along = "{axes: [0], keepDims: false}";
  const sumOfDeviations = (of: 0 | 1): string =>
    made(
      factorSums,
      `%3 = reduceMean(%${of}) ${along} : f32[4]`,
      "%4 = subtract(%0, %3) : f32[n, 4]",
      `%5 = reduceSum(%4) ${along} : f32[4]`,
      'result "y" = %5',
    );
  expect(sumOfDeviations(0)).toContain("value: 0");
  expect(sumOfDeviations(1)).toContain("reduceSum");
});

stays(
  "what is small stays in one formula",
  hoistFactors,
  '%3 = elementwise(%2) {formula: ["mul", "x0", ["sqrt", "x0"]]} : f32[4]',
  'update "scale" = %3',
);

stays(
  "a value that somebody else reads is stored",
  fuseReductions,
  "%3 = multiply(%0, %1) : f32[n, 4]",
  "%4 = reduceSum(%3) {axes: [0], keepDims: false} : f32[4]",
  'result "y" = %4',
  'result "product" = %3',
);

test("joinCalls: folds of one value are one call, those of two are two", () => {
  const along = "{axes: [0], keepDims: false}";
  const joints = (second: 0 | 1): number =>
    made(
      joinCalls,
      `%3 = reduceSum(%0) ${along} : f32[4]`,
      `%4 = reduceMax(%${second}) ${along} : f32[4]`,
      'result "a" = %3',
      'result "b" = %4',
    ).split(" @0 :").length - 1;
  expect(joints(0)).toBe(2);
  expect(joints(1)).toBe(0);
});
test("joinCalls: a fold that reads another's result is a call of its own", () => {
  const text = made(
    joinCalls,
    "%3 = reduceMean(%0) {axes: [0], keepDims: false} : f32[4]",
    '%4 = reduceFormula(%0, %3) {axes: [0], by: "mean", formula: ["sub", "x0", "x1"], keepDims: false} : f32[4]',
    'result "y" = %4',
  );
  expect(text).not.toContain("@");
});
test("joinCalls: without updates small formulas stay apart", () => {
  const lines = ["%3 = tanh(%2) : f32[4]", "%4 = neg(%2) : f32[4]".replace("neg", "relu")];
  expect(made(joinCalls, ...lines, 'result "a" = %3', 'result "b" = %4')).not.toContain("@");
  expect(made(joinCalls, ...lines, 'update "a" = %3', 'update "b" = %4')).toContain("@0");
});
test("joinCalls: a backend without such kernels keeps its calls", () => {
  const text = ir(...sources, "%3 = tanh(%2) : f32[4]", "%4 = relu(%2) : f32[4]", 'update "a" = %3', 'update "b" = %4');
  expect(after(joinCalls, text, { ...anyTarget, formulas: { inputs: 8 } })).toBe(withoutDead(text));
});

stays(
  "a graph without updates stays",
  recompute,
  "%3 = tanh(%0) : f32[n, 4]",
  "%4 = tanh(%3) : f32[n, 4]",
  "%5 = multiply(%3, %4) : f32[n, 4]",
  'result "y" = %5',
);

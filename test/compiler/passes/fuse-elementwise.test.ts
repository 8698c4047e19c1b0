/** fuseElementwise: chains become one formula, where the backend generates kernels; what would cost more stays apart. */
import { expect, test } from "vitest";
import { fuseElementwise } from "../../../src/compiler/passes/fuse-elementwise.js";
import { after, anyTarget, ir, source, withoutDead } from "../ir-text.js";

const generating = { ...anyTarget, formulas: { inputs: 4 } };
const sources = [
  source(0, "input", "x", ["n", 4]),
  source(1, "input", "z", ["n", 4]),
  source(2, "parameter", "scale", [4]),
];
const formulaOf = (text: string): readonly string[] =>
  text.split("\n").filter((line) => /= elementwise|= relu|= add|= multiply|= tanh/.test(line));

test("a residual's sum and its activation become one formula", () => {
  const before = ir(
    ...sources.slice(0, 2),
    "%2 = add(%0, %1) : f32[n, 4]",
    "%3 = relu(%2) : f32[n, 4]",
    'result "y" = %3',
  );
  expect(after(fuseElementwise, before, generating)).toBe(
    ir(
      ...sources.slice(0, 2),
      '%2 = elementwise(%0, %1) {formula: ["max", ["add", "x0", "x1"], 0]} : f32[n, 4]',
      'result "y" = %2',
    ),
  );
});

test("a longer chain with a broadcast between is one formula, each input named once", () => {
  const before = ir(
    ...sources,
    "%3 = multiply(%0, %2) : f32[n, 4]",
    "%4 = add(%3, %0) : f32[n, 4]",
    "%5 = tanh(%4) : f32[n, 4]",
    'result "y" = %5',
  );
  expect(after(fuseElementwise, before, generating)).toBe(
    ir(
      ...sources,
      '%3 = elementwise(%0, %2) {formula: ["tanh", ["add", ["mul", "x0", "x1"], "x0"]]} : f32[n, 4]',
      'result "y" = %3',
    ),
  );
});

test("two producers join, in the order in which they are read", () => {
  const before = ir(
    ...sources.slice(0, 2),
    "%2 = relu(%0) : f32[n, 4]",
    "%3 = tanh(%1) : f32[n, 4]",
    "%4 = subtract(%3, %2) : f32[n, 4]",
    'result "y" = %4',
  );
  expect(after(fuseElementwise, before, generating)).toContain(
    '%2 = elementwise(%1, %0) {formula: ["sub", ["tanh", "x0"], ["max", "x1", 0]]} : f32[n, 4]',
  );
});

const stays = (name: string, ...lines: readonly string[]): void =>
  test(name, () => {
    const text = withoutDead(ir(...sources, ...lines));
    expect(after(fuseElementwise, text, generating)).toBe(text);
  });

stays(
  "a value with two readers is stored",
  "%3 = relu(%0) : f32[n, 4]",
  "%4 = add(%3, %1) : f32[n, 4]",
  'result "y" = %4',
  'result "r" = %3',
);

stays(
  "a smaller value is not computed again for each element",
  "%3 = tanh(%2) : f32[4]",
  "%4 = multiply(%0, %3) : f32[n, 4]",
  'result "y" = %4',
  'update "scale" = %3',
);

stays(
  "what a convolution gives is no formula",
  source(3, "parameter", "k", [4, 4]),
  "%4 = matMul(%0, %3) {transposeA: false, transposeB: false} : f32[n, 4]",
  "%5 = relu(%4) : f32[n, 4]",
  'result "y" = %5',
);

test("weights' own arithmetic stays before the first batch where no weight changes, and joins where they do", () => {
  const lines = [
    source(0, "input", "x", [3, 4]),
    source(1, "parameter", "w", [3, 4]),
    "%2 = tanh(%1) : f32[3, 4]",
    "%3 = multiply(%0, %2) : f32[3, 4]",
  ];
  const inference = ir(...lines, 'result "y" = %3');
  expect(after(fuseElementwise, inference, generating)).toBe(inference);
  const training = ir(...lines, 'update "w" = %3');
  expect(after(fuseElementwise, training, generating)).toContain('["mul", "x0", ["tanh", "x1"]]');
});

test("a formula reads no more inputs than the backend's kernels can", () => {
  const many = [0, 1, 2, 3, 4].map((id) => source(id, "input", `x${id}`, ["n", 4]));
  const before = ir(
    ...many,
    "%5 = add(%0, %1) : f32[n, 4]",
    "%6 = add(%5, %2) : f32[n, 4]",
    "%7 = add(%6, %3) : f32[n, 4]",
    "%8 = add(%7, %4) : f32[n, 4]",
    'result "y" = %8',
  );
  expect(formulaOf(after(fuseElementwise, before, generating))).toHaveLength(2);
});

test("formulas do not grow without end: a value that is read often in a formula counts each time", () => {
  const chain = Array.from({ length: 40 }, (_, i) => `%${i + 1} = silu(%${i}) : f32[n, 4]`);
  const before = ir(source(0, "input", "x", ["n", 4]), ...chain, 'result "y" = %40');
  const fused = after(fuseElementwise, before, generating);
  expect(fused.length).toBeLessThan(20_000);
  expect(formulaOf(fused).length).toBeLessThan(40);
});

test("a backend that generates no kernels keeps its own", () => {
  const before = ir(
    ...sources.slice(0, 2),
    "%2 = add(%0, %1) : f32[n, 4]",
    "%3 = relu(%2) : f32[n, 4]",
    'result "y" = %3',
  );
  expect(after(fuseElementwise, before, anyTarget)).toBe(before);
});

/** The code that backends show of the kernels they write: GLSL and WGSL of a formula, without a GPU; WebAssembly's text is in test/cli/explain. */
import { expect, test } from "vitest";
import { elementwiseSource as glsl } from "../../src/backends/tfjs/webgl/kernels/elementwise.js";
import { elementwiseSource as wgsl } from "../../src/backends/tfjs/webgpu/kernels/elementwise.js";
import type { Formula } from "../../src/formula/formula.js";

const formula: Formula = ["max", ["add", ["mul", "x0", "x1"], 0.5], 0];
const inputs = [
  { dataId: {}, shape: [2, 6], dtype: "float32" as const },
  { dataId: {}, shape: [6], dtype: "float32" as const },
];
const outputs = [{ dtype: "f32" as const, shape: [2, 6] }];

test("webgl: a fragment shader that reads both inputs at the place of the output", () => {
  const code = glsl(inputs, outputs, { formula });
  expect(code).toContain("void main()");
  expect(code).toContain("getX0AtOutCoords()");
  expect(code).toContain("getX1AtOutCoords()");
  expect(code).toContain("setOutput(result);");
});

test("webgpu: a compute shader", () => {
  const code = wgsl(inputs, outputs, { formula });
  expect(code).toContain("fn main(index : i32)");
  expect(code).toContain("getX0ByOutputIndex(index)");
  expect(code).toContain("setOutputAtIndex(index, ");
});

/** `elementwise`: any formula over broadcast inputs as one packed shader. Attribute `formula`. */
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import { formulaCode } from "../../shader/formula-code.js";
import { perCall } from "../../shader/per-call.js";
import type { KernelSource } from "../../device.js";
import { glsl, helpers } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";

/**
 * Lanes of a texel beyond the tensor's edge must hold 0: TensorFlow.js's packed sums and products read them.
 * Lanes: x (row, column), y (row, column + 1), z (row + 1, column), w (row + 1, column + 1).
 */
const clearedBeyond = (shape: readonly number[]): string => {
  const rank = shape.length;
  if (rank === 0) return "result.yzw = vec3(0.);";
  const [columns, rows] = [shape.at(-1) ?? 1, shape.at(-2) ?? 1];
  const at = (axis: number): string => (rank === 1 ? "coords" : `coords.${"xyzwuv"[axis] ?? "x"}`);
  return `
    bool isLastColumn = ${at(rank - 1)} + 1 >= ${columns};
    bool isLastRow = ${rank === 1 ? "true" : `${at(rank - 2)} + 1 >= ${rows}`};
    if (isLastColumn) result.yw = vec2(0.);
    if (isLastRow) result.zw = vec2(0.);`;
};

const coordinates = ["int", "int", "ivec2", "ivec3", "ivec4", "ivec5", "ivec6"];

const programOf = perCall((inputs, { shape }, { formula }): WebglProgram => {
  invariant(isFormula(formula), "attribute formula is a formula");
  const variableNames = inputs.map((_, i) => `X${i}`);
  const { statements, result } = formulaCode(
    formula,
    variableNames.map((name) => `get${name}AtOutCoords()`),
    glsl,
  );
  const userCode = `${helpers}
    void main() {
      ${shape.length === 0 ? "" : `${coordinates[shape.length] ?? "ivec6"} coords = getOutputCoords();`}
      ${statements.join("\n      ")}
      vec4 result = ${result};
      ${clearedBeyond(shape)}
      setOutput(result);
    }`;
  return { variableNames, outputShape: [...shape], userCode, packedInputs: true, packedOutput: true };
});

/** GLSL, in which TensorFlow.js writes how tensors lie in textures. */
export const elementwiseSource: KernelSource = (inputs, [output = { dtype: "f32", shape: [] }], attrs) =>
  programOf(inputs, output, attrs).userCode;

export const elementwise: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

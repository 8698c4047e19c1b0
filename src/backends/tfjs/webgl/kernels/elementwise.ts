/** `elementwise`: any formula over broadcast inputs as one packed shader. Attribute `formula`. */
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import { formulaCode } from "../../shader/formula-code.js";
import { perCall } from "../../shader/per-call.js";
import type { KernelSource } from "../../device.js";
import { glsl, helpers } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";
import { clearedBeyond, coordinatesOf } from "./packed.js";

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
      ${shape.length === 0 ? "" : `${coordinatesOf(shape.length)} coords = getOutputCoords();`}
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

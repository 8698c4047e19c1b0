/** `elementwise`: any formula over broadcast inputs as one compute shader. Attribute `formula`. */
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import { formulaCode } from "../../shader/formula-code.js";
import { perCall } from "../../shader/per-call.js";
import type { KernelSource } from "../../device.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";
import { helpers, wgsl } from "./wgsl.js";

const shaderOf = perCall((inputs, { dtype }, { formula }): Shader => {
  invariant(isFormula(formula), "attribute formula is a formula");
  const variableNames = inputs.map((_, i) => `X${i}`);
  const { statements, result } = formulaCode(
    formula,
    variableNames.map((name) => `get${name}ByOutputIndex(index)`),
    wgsl,
  );
  const body = statements.join("\n        ");
  const store = dtype === "i32" ? `setOutputAtIndexI32(index, i32(${result}))` : `setOutputAtIndex(index, ${result})`;
  const code = `${helpers}
    fn main(index : i32) {
      if (index < uniforms.size) {
        ${body}
        ${store};
      }
    }`;
  return { key: `elementwise ${body} ${store}`, variableNames, code };
});

/** WGSL, to which TensorFlow.js adds bindings and how tensors lie in them. */
export const elementwiseSource: KernelSource = (inputs, [output = { dtype: "f32", shape: [] }], attrs) =>
  shaderOf(inputs, output, attrs).code;

export const elementwise: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, shaderOf(inputs, output, attrs), inputs, output);

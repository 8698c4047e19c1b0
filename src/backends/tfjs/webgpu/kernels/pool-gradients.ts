/** `avgPool2dGradient` and `maxPool2dGradient`: TensorFlow.js's count padding, and give a window's gradient to all but its first maximum. */
import { avgPoolGradientCode, maxPoolGradientCode, type Statements } from "../../shader/pool-gradient.js";
import { perCall } from "../../shader/per-call.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";

const wgslStatements: Statements = {
  integer: (name, value) => `let ${name}: i32 = ${value};`,
  variable: (_kind, name, value) => `var ${name} = ${value};`,
  loop: (name, count, body) => `for (var ${name} = 0; ${name} < ${count}; ${name}++) { ${body} }`,
  float: (value) => `f32(${value})`,
};

const shader = (variableNames: readonly string[], code: string): Shader => ({
  key: code,
  variableNames,
  code: `
    fn main(index : i32) {
      if (index < uniforms.size) {
        let coords = getCoordsFromIndex(index);
        ${code}
        setOutputAtIndex(index, sum);
      }
    }`,
});

const avgShader = perCall(([dy], { shape }, attrs) =>
  shader(["Dy"], avgPoolGradientCode(wgslStatements, { image: shape, dy: dy?.shape ?? [], attrs })),
);

const maxShader = perCall(([, , dy], { shape }, attrs) =>
  shader(["X", "Y", "Dy"], maxPoolGradientCode(wgslStatements, { image: shape, dy: dy?.shape ?? [], attrs })),
);

export const avgPool2dGradient: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, avgShader(inputs, output, attrs), inputs, output);

export const maxPool2dGradient: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, maxShader(inputs, output, attrs), inputs, output);

/** `avgPool2dGradient` and `maxPool2dGradient`; TensorFlow.js's count padding, and spread ties by chance of the sampler. */
import { avgPoolGradientCode, maxPoolGradientCode, type Statements } from "../../shader/pool-gradient.js";
import { perCall } from "../../shader/per-call.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";

const glslStatements: Statements = {
  integer: (name, value) => `int ${name} = ${value};`,
  variable: (kind, name, value) => `${kind} ${name} = ${value};`,
  loop: (name, count, body) => `for (int ${name} = 0; ${name} < ${count}; ${name}++) { ${body} }`,
  float: (value) => `float(${value})`,
};

const program = (variableNames: string[], shape: readonly number[], code: string): WebglProgram => ({
  variableNames,
  outputShape: [...shape],
  userCode: `
    void main() {
      ivec4 coords = getOutputCoords();
      ${code}
      setOutput(sum);
    }`,
});

const avgProgram = perCall(([dy], { shape }, attrs) =>
  program(["Dy"], shape, avgPoolGradientCode(glslStatements, { image: shape, dy: dy?.shape ?? [], attrs })),
);

const maxProgram = perCall(([, , dy], { shape }, attrs) =>
  program(["X", "Y", "Dy"], shape, maxPoolGradientCode(glslStatements, { image: shape, dy: dy?.shape ?? [], attrs })),
);

export const avgPool2dGradient: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, avgProgram(inputs, output, attrs), inputs, output);

export const maxPool2dGradient: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, maxProgram(inputs, output, attrs), inputs, output);

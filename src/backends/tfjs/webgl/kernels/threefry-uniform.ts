/**
 * `threefryUniform`: uniform numbers in [0, 1), attribute key `[k0, k1]`, input the scalar `step` (a texture holds it
 * exactly up to 2^24).
 *
 * Law     element i is (word i & 1 of threefry2x32-20(key, counter (i >> 1, step)) >>> 8) / 2^24, as in src/random/threefry.ts.
 */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { threefryRounds } from "../../shader/threefry.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";

const rounds = threefryRounds((bits) => `x1 = (x1 << ${bits}) | (x1 >> ${32 - bits});`, "u");

const programOf = perCall((_inputs, { shape }): WebglProgram => {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    variableNames: ["Step"],
    outputShape: [size],
    customUniforms: [{ name: "key", type: "ivec2" }],
    userCode: `
    void main() {
      int index = getOutputCoords();
      uint k0 = uint(key.x);
      uint k1 = uint(key.y);
      uint k2 = k0 ^ k1 ^ 0x1bd11bdau;
      uint x0 = uint(index >> 1) + k0;
      uint x1 = uint(int(getStep())) + k1;
      ${rounds}
      uint word = (index & 1) == 0 ? x0 : x1;
      setOutput(float(word >> 8) * ${(2 ** -24).toExponential()});
    }`,
  };
});

export const threefryUniform: WebglKernel = (backend) => (inputs, output, attrs) => {
  const { key } = attrs;
  invariant(Array.isArray(key) && key.length === 2, "attribute key is a pair of numbers");
  const words = key.map((word) => Number(word) | 0);
  return runProgram(backend, programOf(inputs, output, attrs), inputs, output, [words]);
};

/**
 * `threefryUniform`: uniform numbers in [0, 1), attribute key `[k0, k1]`, input the int32 scalar `step`.
 *
 * Law     element i is (word i & 1 of threefry2x32-20(key, counter (i >> 1, step)) >>> 8) / 2^24, as in src/random/threefry.ts.
 */
import { invariant } from "../../../../errors.js";
import { threefryRounds } from "../../shader/threefry.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";

const rounds = threefryRounds((bits) => `x1 = (x1 << ${bits}u) | (x1 >> ${32 - bits}u);`, "u");

const shader: Shader = {
  key: "threefryUniform",
  variableNames: ["Step"],
  uniforms: "key : vec2<i32>,",
  code: `
    fn main(index : i32) {
      if (index < uniforms.size) {
      let k0 = bitcast<u32>(uniforms.key.x);
      let k1 = bitcast<u32>(uniforms.key.y);
      let k2 = k0 ^ k1 ^ 0x1bd11bdau;
      var x0 = u32(index >> 1u) + k0;
      var x1 = bitcast<u32>(Step[0]) + k1;
      ${rounds}
      let word = select(x1, x0, (index & 1) == 0);
      setOutputAtIndex(index, f32(word >> 8u) * ${2 ** -24}f);
      }
    }`,
};

export const threefryUniform: WebgpuKernel =
  (backend) =>
  (inputs, output, { key }) => {
    invariant(Array.isArray(key) && key.length === 2, "attribute key is a pair of numbers");
    invariant(inputs[0]?.dtype === "int32", "the step is an int32");
    return runShader(backend, shader, inputs, output, [{ type: "int32", data: key.map((word) => Number(word) | 0) }]);
  };

/** `softmax` over the last axis in one packed shader: each texel reads its two rows twice, so it is for short rows. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { helpers } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";
import { clearedBeyond, coordinatesOf, placeOf } from "./packed.js";

const programOf = perCall((_inputs, { shape }): WebglProgram => {
  const rank = shape.length;
  const length = shape.at(-1);
  invariant(length !== undefined, "softmax has an axis");
  const places = shape.map((_, axis) => placeOf(rank, axis));
  const at = (column: string): string => `getX(${[...places.slice(0, -1), column].join(", ")})`;
  return {
    variableNames: ["X"],
    outputShape: [...shape],
    packedInputs: true,
    packedOutput: true,
    // Of two rows: x and y are the first's, z and w the second's.
    userCode: `${helpers}
    vec4 power(vec4 x) { return kept(exp(x), x); }
    void main() {
      ${coordinatesOf(rank)} coords = getOutputCoords();
      vec4 top = ${at("0")}.xxzz;
      for (int i = 0; i < ${length}; i += 2) {
        vec4 texel = ${at("i")};
        top = maximum(top, texel.xxzz);
        if (i + 1 < ${length}) top = maximum(top, texel.yyww);
      }
      vec4 sum = vec4(0.);
      for (int i = 0; i < ${length}; i += 2) {
        vec4 powers = power(${at("i")} - top);
        sum += powers.xxzz;
        if (i + 1 < ${length}) sum += powers.yyww;
      }
      vec4 result = kept(power(${at(places.at(-1) ?? "coords")} - top) / sum, sum);
      ${clearedBeyond(shape)}
      setOutput(result);
    }`,
  };
});

export const softmax: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

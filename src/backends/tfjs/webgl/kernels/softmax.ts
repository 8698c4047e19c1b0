/** `softmax` over the last axis in one shader: each cell reads its whole row twice, so it is for short rows. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { helpers } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";

const coordinates = ["int", "int", "ivec2", "ivec3", "ivec4", "ivec5", "ivec6"];

const programOf = perCall((_inputs, { shape }): WebglProgram => {
  const rank = shape.length;
  const length = shape.at(-1);
  invariant(length !== undefined, "softmax has an axis");
  const places = shape.map((_, axis) => (rank < 2 ? "coords" : `coords.${"xyzwuv"[axis] ?? "x"}`));
  const inRow = `getX(${[...places.slice(0, -1), "i"].join(", ")})`;
  return {
    variableNames: ["X"],
    outputShape: [...shape],
    userCode: `${helpers}
    float power(float x) { return kept(vec4(exp(x)), vec4(x)).x; }
    void main() {
      ${coordinates[rank] ?? "ivec6"} coords = getOutputCoords();
      float top = getX(${[...places.slice(0, -1), "0"].join(", ")});
      for (int i = 1; i < ${length}; i++) top = maximum(vec4(top), vec4(${inRow})).x;
      float sum = 0.0;
      for (int i = 0; i < ${length}; i++) sum += power(${inRow} - top);
      setOutput(kept(vec4(power(getX(${places.join(", ")}) - top) / sum), vec4(sum)).x);
    }`,
  };
});

export const softmax: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

/** `pad`: TensorFlow.js's packed shader does not compile for rank 0, nor from 5 on. Attributes `pads` and `value`. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { literal } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";
import { coordinatesOf, placeOf } from "./packed.js";

const programOf = perCall(([x], { shape }, { pads, value }): WebglProgram => {
  invariant(x && Array.isArray(pads) && typeof value === "number", "pad has an input, pads and a value");
  const rank = shape.length;
  const places = shape.map((_, axis) => {
    const [before] = pads[axis] as readonly [number, number]; // sound: the operator's type rule has checked the attribute
    return `int p${axis} = ${placeOf(rank, axis)} - ${before};`;
  });
  const inside = shape.map((_, axis) => `p${axis} >= 0 && p${axis} < ${x.shape[axis] ?? 1}`);
  return {
    variableNames: ["X"],
    outputShape: [...shape],
    userCode: `
    void main() {
      ${rank === 0 ? "" : `${coordinatesOf(rank)} coords = getOutputCoords();`}
      ${places.join("\n      ")}
      float result = ${literal(value)};
      if (${["true", ...inside].join(" && ")}) result = getX(${shape.map((_, axis) => `p${axis}`).join(", ")});
      setOutput(result);
    }`,
  };
});

export const pad: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

/** `argMax`: the first of the largest elements along an axis, in one shader. Attribute `axis`. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";
import { coordinatesOf, placeOf } from "./packed.js";

const programOf = perCall(([x], { shape }, { axis }): WebglProgram => {
  invariant(x && typeof axis === "number", "argMax has an input and an axis");
  const rank = shape.length;
  const kept = shape.map((_, place) => placeOf(rank, place));
  const at = (index: string): string => `getX(${kept.toSpliced(axis, 0, index).join(", ")})`;
  return {
    variableNames: ["X"],
    outputShape: [...shape],
    userCode: `
    void main() {
      ${rank === 0 ? "" : `${coordinatesOf(rank)} coords = getOutputCoords();`}
      float largest = ${at("0")};
      int place = 0;
      for (int i = 1; i < ${x.shape[axis] ?? 1}; i++) {
        float value = ${at("i")};
        if (value > largest) { largest = value; place = i; }
      }
      setOutput(float(place));
    }`,
  };
});

export const argMax: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

/** `avgPool2dGradient`: each cell sums its share of every window that holds it; padding is no part of a window's mean. */
import { axisWindows, type AxisWindows } from "../../shader/pool-gradient.js";
import { perCall } from "../../shader/per-call.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";

/** The first and last window that hold cell `at`, and how many cells of window `w` are inside. */
const bounds = (name: string, at: string, { size, pool, stride, before, windows }: AxisWindows): string => `
      int ${name}First = max(0, (${at} + ${before} - ${pool - 1} + ${stride - 1}) / ${stride});
      int ${name}Last = min(${windows - 1}, (${at} + ${before}) / ${stride});
      #define ${name}Inside(w) (min(${size}, (w) * ${stride} - ${before} + ${pool}) - max(0, (w) * ${stride} - ${before}))`;

const programOf = perCall(([dy], { shape }, attrs): WebglProgram => {
  const [rows, columns] = axisWindows(dy?.shape ?? [], attrs);
  return {
    variableNames: ["Dy"],
    outputShape: [...shape],
    userCode: `
    void main() {
      ivec4 coords = getOutputCoords();
      ${bounds("row", "coords.y", rows)}
      ${bounds("column", "coords.z", columns)}
      float sum = 0.;
      for (int r = rowFirst; r <= rowLast; r++)
        for (int c = columnFirst; c <= columnLast; c++)
          sum += getDy(coords.x, r, c, coords.w) / float(rowInside(r) * columnInside(c));
      setOutput(sum);
    }`,
  };
});

export const avgPool2dGradient: WebglKernel = (backend) => (inputs, output, attrs) =>
  runProgram(backend, programOf(inputs, output, attrs), inputs, output);

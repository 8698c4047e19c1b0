/** `avgPool2dGradient`: each cell sums its share of every window that holds it; padding is no part of a window's mean. */
import { axisWindows, type AxisWindows } from "../../shader/pool-gradient.js";
import { perCall } from "../../shader/per-call.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";

/** The first and last window that hold cell `at`, and how many cells of window `w` are inside. */
const bounds = (name: string, at: string, { pool, stride, before, windows }: AxisWindows): string => `
        let ${name}First = max(0, (${at} + ${before} - ${pool - 1} + ${stride - 1}) / ${stride});
        let ${name}Last = min(${windows - 1}, (${at} + ${before}) / ${stride});`;

const inside = (name: string, { size, pool, stride, before }: AxisWindows): string => `
    fn ${name}Inside(w : i32) -> i32 {
      return min(${size}, w * ${stride} - ${before} + ${pool}) - max(0, w * ${stride} - ${before});
    }`;

const shaderOf = perCall(([dy], _output, attrs): Shader => {
  const [rows, columns] = axisWindows(dy?.shape ?? [], attrs);
  const code = `${inside("row", rows)}${inside("column", columns)}
    fn main(index : i32) {
      if (index < uniforms.size) {
        let coords = getCoordsFromIndex(index);${bounds("row", "coords.y", rows)}${bounds("column", "coords.z", columns)}
        var sum = 0f;
        for (var r = rowFirst; r <= rowLast; r = r + 1) {
          for (var c = columnFirst; c <= columnLast; c = c + 1) {
            sum = sum + getDy(coords.x, r, c, coords.w) / f32(rowInside(r) * columnInside(c));
          }
        }
        setOutputAtIndex(index, sum);
      }
    }`;
  return { key: code, variableNames: ["Dy"], code };
});

export const avgPool2dGradient: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, shaderOf(inputs, output, attrs), inputs, output);

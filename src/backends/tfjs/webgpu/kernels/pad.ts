/** `pad`: TensorFlow.js's shader does not compile from rank 5 on. Attributes `pads` and `value`. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";
import { wgsl } from "./wgsl.js";

const strideAfter = (shape: readonly number[], axis: number): number =>
  shape.slice(axis + 1).reduce((a, b) => a * b, 1);

const shaderOf = perCall(([x], { shape, dtype }, { pads, value }): Shader => {
  invariant(x && Array.isArray(pads) && typeof value === "number", "pad has an input, pads and a value");
  const axes = shape.map((_, axis) => {
    const [before] = pads[axis] as readonly [number, number]; // sound: the operator's type rule has checked the attribute
    return `
        at = rest / ${strideAfter(shape, axis)} - ${before};
        rest = rest % ${strideAfter(shape, axis)};
        isInside = isInside && at >= 0 && at < ${x.shape[axis] ?? 1};
        origin += at * ${strideAfter(x.shape, axis)};`;
  });
  const [set, number] =
    dtype === "i32" ? ["setOutputAtIndexI32", `${Math.trunc(value)}`] : ["setOutputAtIndex", wgsl.number(value)];
  const body = `${axes.join("")}
        if (isInside) { ${set}(index, X[origin]); } else { ${set}(index, ${number}); }`;
  const code = `
    fn main(index : i32) {
      if (index < uniforms.size) {
        var rest = index;
        var at = 0;
        var origin = 0;
        var isInside = true;${body}
      }
    }`;
  return { key: `pad ${body}`, variableNames: ["X"], code };
});

export const pad: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, shaderOf(inputs, output, attrs), inputs, output);

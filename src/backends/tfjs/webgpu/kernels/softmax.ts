/** `softmax` over the last axis in one shader: each cell reads its whole row twice, so it is for short rows. */
import { invariant } from "../../../../errors.js";
import { perCall } from "../../shader/per-call.js";
import { runShader, type Shader, type WebgpuKernel } from "./kernel.js";
import { helpers } from "./wgsl.js";

const shaderOf = perCall((_inputs, { shape }): Shader => {
  const length = shape.at(-1);
  invariant(length !== undefined, "softmax has an axis");
  const code = `${helpers}
    fn power(x: f32) -> f32 { return kept(exp(x), x); }
    fn main(index : i32) {
      if (index < uniforms.size) {
        let start = index / ${length} * ${length};
        var top = X[start];
        for (var i = 1; i < ${length}; i++) { top = maximum(top, X[start + i]); }
        var sum = 0.0;
        for (var i = 0; i < ${length}; i++) { sum += power(X[start + i] - top); }
        setOutputAtIndex(index, kept(power(X[index] - top) / sum, sum));
      }
    }`;
  return { key: `softmax ${length}`, variableNames: ["X"], code };
});

export const softmax: WebgpuKernel = (backend) => (inputs, output, attrs) =>
  runShader(backend, shaderOf(inputs, output, attrs), inputs, output);

/** examples/predict-many: what its workers write is what svertka predicts. Ray itself is not installed here; docs/distribute.md has a run with it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { svertka, workspace } from "../cli/harness.js";
import { largestError } from "../io/keras/kept-files.js";
import { noPython, python } from "./python.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { conv2d, dense, flatten, input, model, pipe, relu, softmax } from "svertka";
   export default model(pipe(input([8, 8, 3]), conv2d({ filters: 4, kernelSize: 3 }), relu, flatten, dense({ units: 3 }), softmax));`,
);

test("every file becomes the model's outputs", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  const onnx = work.path("net.onnx");
  expect(await svertka("convert", net, "--output", onnx)).toMatchObject({ code: 0 });
  mkdirSync(work.path("images"));
  for (const name of ["a", "b", "c"])
    work.file(
      `images/${name}.npy`,
      writeNpy(
        f32(
          [2, 8, 8, 3],
          Float32Array.from({ length: 384 }, (_, i) => Math.sin(i * name.charCodeAt(0))),
        ),
      ),
    );
  const script = join(import.meta.dirname, "without_ray.py");
  const said = execFileSync(python ?? "", [script, onnx, work.path("images"), work.path("out")], { encoding: "utf8" });
  expect(said).toBe("3 files\n");
  for (const name of ["a", "b", "c"]) {
    const image = work.path(`images/${name}.npy`);
    const outcome = await svertka("predict", onnx, "--input", image, "--output", work.path("own"), "--backend", "cpu");
    expect(outcome.code, outcome.stderr).toBe(0);
    const read = (path: string): ArrayLike<number> =>
      Float32Array.from(orThrow(readNpy(readFileSync(path), path)).data);
    expect(largestError(read(work.path(`out/${name}.npy`)), read(work.path("own/output.npy")))).toBeLessThan(1e-6);
  }
});

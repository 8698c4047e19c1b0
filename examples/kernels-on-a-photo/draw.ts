/** Kernels made by hand on a photo: what convolution, relu and max pooling make of it, drawn. Nothing has to be learnt for it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { compileLayers, compose, conv2dOp, exitCodeOf, f32, input, maxPool2d, model, ops } from "svertka";
import { pipe, relu, render, tensor, type Expr, type NdArray, type SvertkaError } from "svertka";
import { featureMaps, kernelGrid, writeDrawing } from "svertka/viz/node";
import { wasm } from "svertka/wasm";
import { kernels, type Kernel } from "./kernels.js";
import { readPhoto } from "./read-photo.js";

const out = join("runs", "kernels-on-a-photo");

type Photo = NdArray<"f32", readonly [number, number, 3]>;
type Grey = Expr<[number, number, 1]>;

/** Luma of ITU-R BT.601: what the eye takes for brightness. */
const luma = tensor([[[[0.299], [0.587], [0.114]]]]);
const grey = compose("grey", (x: Expr<[number, number, 3]>): Grey => conv2dOp(x, luma));

/** The kernel with its numbers, and beside each other: photo, convolution, relu, max pooling. */
const drawKernel = (name: string, kernel: Kernel, photo: Photo): TE.TaskEither<SvertkaError, void> => {
  const weights = ops.reshape(tensor(kernel), [3, 3, 1, 1]);
  const filter = compose(name, (x: Grey): Grey => conv2dOp(x, weights, { padding: "same" }));
  const [height, width] = photo.shape;
  const net = model(pipe(input([height, width, 3]), grey, filter, relu, maxPool2d({ poolSize: 4 })));
  return pipe(
    compileLayers(net, { backend: wasm, layers: [name, "relu", "maxPool2d"] }),
    TE.flatMap(({ predict }) => predict(f32([1, height, width, 3], photo.data))),
    TE.map((maps) => Object.entries(maps).map(([layer, values]) => ({ name: layer, maps: values }))),
    TE.flatMapEither((layers) =>
      featureMaps({ title: name, images: [{ label: "photo", pixels: photo, layers }], colours: "magma" }),
    ),
    TE.flatMap((drawing) => writeDrawing(join(out, `${name}.png`), drawing)),
    TE.flatMapEither(() => kernelGrid({ title: name, kernel: f32([3, 3], Float32Array.from(kernel.flat())) })),
    TE.flatMap((drawing) => writeDrawing(join(out, `${name}-kernel.png`), drawing)),
  );
};

await mkdir(out, { recursive: true });
const drawn = await pipe(
  readPhoto(process.argv[2] ?? join(import.meta.dirname, "photo.png")),
  TE.flatMap((photo) =>
    pipe(
      Object.entries(kernels),
      TE.traverseSeqArray(([name, kernel]) => drawKernel(name, kernel, photo)),
    ),
  ),
)();
if (drawn._tag === "Left") {
  console.error(`error: ${render(drawn.left)}`);
  process.exitCode = exitCodeOf(drawn.left);
} else console.log(`written: ${out}`);

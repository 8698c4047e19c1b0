/** A car or a truck? Three convolutions on pictures from folders, with validation data; `--data DIR` names folders of your own. */
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, relu, sigmoid } from "svertka";
import { imagesFromFolder } from "svertka/data/node";
import { adam, binaryAccuracy, binaryCrossentropy, task } from "svertka/train";
import { drawVehicles } from "../drawn-pictures/vehicle-folders.js";

export const net = model(
  pipe(
    input([128, 128, 3]),
    conv2d({ filters: 32, kernelSize: 5, padding: "same", activation: "relu" }),
    maxPool2d(), // Expr<[64, 64, 32]>
    conv2d({ filters: 64, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPool2d(), // Expr<[32, 32, 64]>
    conv2d({ filters: 128, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPool2d(), // Expr<[16, 16, 128]>
    flatten,
    dense({ units: 6 }),
    relu,
    dense({ units: 1 }),
    sigmoid,
  ),
);

/** Drawn once, where no `--data` is given. */
const drawn = drawVehicles(join(import.meta.dirname, "data"), { train: 200, validation: 50 });

const pictures = { imageSize: [128, 128], labelMode: "binary" } as const;

export default task({
  model: net,
  loss: binaryCrossentropy(),
  optimizer: adam({ epsilon: 0.01 }),
  metrics: [binaryAccuracy()],
  epochs: 40,
  batchSize: 8,
  data: ({ dataDir }) =>
    pipe(
      dataDir === undefined ? drawn : TE.right(dataDir),
      TE.bindTo("folder"),
      TE.bind("train", ({ folder }) => imagesFromFolder(join(folder, "train"), pictures)),
      TE.bind("validation", ({ folder }) =>
        imagesFromFolder(join(folder, "validation"), { ...pictures, shuffle: false }),
      ),
    ),
});

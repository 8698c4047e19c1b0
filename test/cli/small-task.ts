/** A small training task on pictures that follow from a formula, as IDX files and the text of a module. */
import { idxFileNames } from "../../src/data/index.js";
import type { Workspace } from "./harness.js";

/** As Fashion-MNIST has it. */
const side = 28;

const header = (type: number, extents: readonly number[]): number[] => [
  0,
  0,
  type,
  extents.length,
  ...extents.flatMap((extent) => [(extent >> 24) & 255, (extent >> 16) & 255, (extent >> 8) & 255, extent & 255]),
];

/** Ten classes: a bright band each, on uneven ground. */
const images = (count: number): Uint8Array =>
  Uint8Array.from([
    ...header(8, [count, side, side]),
    ...Array.from({ length: count * side * side }, (_, i) => {
      const image = Math.floor(i / (side * side));
      return Math.floor(((i % side) * 10) / side) === image % 10 ? 230 : (i * 7919 + image * 31) % 97;
    }),
  ]);

const labels = (count: number): Uint8Array =>
  Uint8Array.from([...header(8, [count]), ...Array.from({ length: count }, (_, i) => i % 10)]);

export interface Counts {
  readonly train: number;
  readonly test: number;
}

/** The four files of a data set, in a folder of the workspace. */
export const writeData = ({ file, path }: Workspace, folder: string, { train, test }: Counts): string => {
  file(`${folder}/${idxFileNames.train.images}`, images(train));
  file(`${folder}/${idxFileNames.train.labels}`, labels(train));
  file(`${folder}/${idxFileNames.test.images}`, images(test));
  file(`${folder}/${idxFileNames.test.labels}`, labels(test));
  return path(folder);
};

export interface TaskText {
  readonly units?: number;
  readonly optimizer?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** Lines before the task, and further fields in it. */
  readonly before?: string;
  readonly fields?: string;
}

/** A module with a convnet with dropout (so that the random state matters); its data come from --data. */
export const taskText = (options: TaskText = {}): string => {
  const {
    units = 12,
    optimizer = "adam({ learningRate: 0.01 })",
    epochs = 2,
    batchSize = 16,
    before = "",
    fields = "",
  } = options;
  return `
import { conv2d, dense, dropout, flatten, input, maxPool2d, model, pipe, relu, softmax } from "svertka";
import { readFashionMnist } from "svertka/data/node";
import { accuracy, adam, onEpochEnd, sgd, sparseCategoricalCrossentropy, task } from "svertka/train";
${before}
const net = model(pipe(
  input([${side}, ${side}, 1]), conv2d({ filters: 4, kernelSize: 3, strides: 3 }), relu, maxPool2d({ poolSize: 2 }), flatten,
  dense({ units: ${units} }), relu, dropout({ rate: 0.2 }), dense({ units: 10 }), softmax,
));
export default task({
  model: net, loss: sparseCategoricalCrossentropy(), optimizer: ${optimizer}, metrics: [accuracy()],
  epochs: ${epochs}, batchSize: ${batchSize}, data: ({ dataDir }: { dataDir: string | undefined }) => readFashionMnist(dataDir),
  ${fields}
});
`;
};

/** The commands, as a table; the work of each is loaded when it is called, so that `--help` is quick. */
import type { Command, Option } from "./command.js";

const backend: Option = {
  flag: "--backend <name>",
  description: "wasm, cpu or reference; auto is the fastest found on this machine, and says which",
  default: "auto",
};
const quiet: Option = { flag: "--quiet", description: "no progress and no notices on stderr" };
const json: Option = { flag: "--json", description: "print the result as JSON" };
const typeCheck: Option = { flag: "--type-check", description: "have the project's own tsc check the file first" };

const modelArgument = {
  name: "model",
  description: "a .ts or .js module whose default export is a model, or a checkpoint folder",
};

export const commands: readonly Command[] = [
  {
    name: "train",
    argument: { name: "task", description: "a .ts or .js module whose default export is a training task" },
    description: "train a task, with checkpoints, history and pictures",
    options: [
      { flag: "--epochs <n>", description: "epochs in all, in place of the task's" },
      { flag: "--batch-size <n>", description: "examples a step, in place of the task's" },
      { flag: "--data <dir>", description: "a folder of data for the task, in place of its own" },
      { flag: "--seed <n>", description: "fixes weights, dropout and the order of examples, in place of the task's" },
      {
        flag: "--out <dir>",
        description:
          "where to write (default: runs/NAME, NAME being the module's file, or its folder where the file is task.ts or index.ts)",
      },
      { flag: "--resume", description: "go on from the checkpoint under --out" },
      backend,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka train examples/fashion-mnist/task.ts --epochs 3 --backend wasm",
    notes: [
      "Writes checkpoint/ (after each epoch, and at Ctrl-C), history.json, history.svg, history.png and predictions.svg, predictions.png.",
    ],
    load: async () => (await import("./commands/train.js")).train,
  },
  {
    name: "summary",
    argument: modelArgument,
    description: "layers, output shapes, parameters, work and memory of a model",
    options: [typeCheck, quiet, json],
    example: "svertka summary net.ts",
    load: async () => (await import("./commands/summary.js")).summary,
  },
  {
    name: "explain",
    argument: { ...modelArgument, description: `${modelArgument.description}, or a task` },
    description: "what the compiler does to a model: passes, fused calls, the backend's steps",
    options: [
      { flag: "--pass <name>", description: "the graph before and after that pass" },
      backend,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka explain net.ts --pass fuseEpilogue",
    notes: ["Of a task, the training step is explained too."],
    load: async () => (await import("./commands/explain.js")).explain,
  },
  {
    name: "predict",
    argument: modelArgument,
    description: "a model's outputs for arrays in files",
    options: [
      {
        flag: "--input <file>",
        description: "X.npy or picture.png, or name=X.npy for a model of several inputs",
        repeated: true,
        required: true,
      },
      { flag: "--output <dir>", description: "a folder; gets NAME.npy (float32) for each output", required: true },
      { flag: "--weights <file>", description: "a .safetensors file, for a module: it has no weights of its own" },
      backend,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka predict runs/fashion-mnist/checkpoint --input x.npy --output predicted",
    notes: [
      "Whole numbers in .npy files, uint8 too, become floats as they are: scale pictures as in training. A .png becomes floats from 0 to 1.",
    ],
    load: async () => (await import("./commands/predict.js")).predict,
  },
  {
    name: "backends",
    description: "the backends that this machine has",
    options: [quiet, json],
    example: "svertka backends --json",
    load: async () => (await import("./commands/backends.js")).backends,
  },
];

/** The commands, as a table; the work of each is loaded when it is called, so that `--help` is quick. */
import type { Command, Option } from "./command.js";

const backend: Option = {
  flag: "--backend <name>",
  description: "ort, wasm, cpu or reference; auto is the fastest found for the purpose, and says which",
  default: "auto",
};
const quiet: Option = { flag: "--quiet", description: "no progress and no notices on stderr" };
const json: Option = { flag: "--json", description: "print the result as JSON" };
const typeCheck: Option = { flag: "--type-check", description: "have the project's own tsc check the file first" };

const weightMap: Option = {
  flag: "--weight-map <file>",
  description:
    'the weights are PyTorch\'s: JSON of its names, as { "layout": "pytorch", "names": { "conv2d": "features.0" } }',
};
const moduleWeights: readonly Option[] = [
  { flag: "--weights <file>", description: "a .safetensors file, for a module: it has no weights of its own" },
  weightMap,
];

const lossOptions: readonly Option[] = [
  {
    flag: "--x <file>",
    description: "inputs, as .npy; INPUT=X.npy for each of a model of several",
    required: true,
    repeated: true,
  },
  {
    flag: "--y <file>",
    description: "labels, as .npy: class numbers or floats, as the loss needs; OUTPUT=Y.npy for each of several",
    required: true,
    repeated: true,
  },
  {
    flag: "--loss <name>",
    description: "by its Keras name, as sparse_categorical_crossentropy; OUTPUT=NAME for each of several",
    required: true,
    repeated: true,
  },
  {
    flag: "--loss-option <name=value>",
    description: "under Keras's names, as label_smoothing=0.1, or OUTPUT.label_smoothing=0.1; may be given again",
    repeated: true,
  },
  { flag: "--loss-weight <output=number>", description: "of several losses, how much each counts", repeated: true },
  {
    flag: "--metric <name>",
    description: "by its Keras name, as accuracy, or OUTPUT=accuracy; may be given again",
    repeated: true,
  },
  { flag: "--weighted-metric <name>", description: "the same, heeding the weights of examples", repeated: true },
  {
    flag: "--sample-weight <file>",
    description: "how much the loss of each example counts, as .npy; OUTPUT=W.npy for one of several",
    repeated: true,
  },
  { flag: "--weights <file>", description: "a .safetensors file of a module's weights, in place of fresh ones" },
  weightMap,
];

const inputShape: Option = {
  flag: "--input-shape <sizes>",
  description: "the input's, as 224,224,3, or name=224,224,3, where the model leaves axes unknown; may be given again",
  repeated: true,
};

const taskArgument = { name: "task", description: "a .ts or .js module whose default export is a training task" };
const modelArgument = {
  name: "model",
  description: "a .ts or .js module whose default export is a model, a checkpoint folder, or an .onnx file",
};

export const commands: readonly Command[] = [
  {
    name: "train",
    argument: taskArgument,
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
      { flag: "--memory <kind>", description: "small: compute activations again instead of keeping them" },
      backend,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka train examples/fashion-mnist/task.ts --epochs 3 --backend wasm",
    notes: [
      "Writes checkpoint/ (after each epoch, and at Ctrl-C), history.json, and as .svg and .png: history; of a classifier confusion; of one of pictures predictions and misclassified.",
    ],
    load: async () => (await import("./commands/train.js")).train,
  },
  {
    name: "fit",
    argument: modelArgument,
    description: "train a model on arrays",
    options: [
      ...lossOptions,
      { flag: "--optimizer <name>", description: "by its Keras name, as adamw", required: true },
      {
        flag: "--optimizer-option <name=value>",
        description: "as weight_decay=0.004; lists with commas; may be given again",
        repeated: true,
      },
      { flag: "--learning-rate <number>", description: "in place of the optimiser's own, or where a schedule begins" },
      { flag: "--schedule <name>", description: "of the learning rate, by its Keras name, as cosine_decay" },
      {
        flag: "--schedule-option <name=value>",
        description: "as decay_steps=1000; may be given again",
        repeated: true,
      },
      { flag: "--epochs <n>", description: "epochs (default: 1)" },
      { flag: "--batch-size <n>", description: "examples a step (default: 32, or all where there are fewer)" },
      { flag: "--no-shuffle", description: "take the examples in their order" },
      { flag: "--seed <n>", description: "fixes weights, dropout and the order of examples (default: 0)" },
      { flag: "--class-weight <list>", description: "how much each class counts, as 0=1.2,1=2.7" },
      { flag: "--validation-split <fraction>", description: "the last part of the data is for validation" },
      { flag: "--validation-x <file>", description: "inputs for validation, as --x", repeated: true },
      { flag: "--validation-y <file>", description: "labels for validation, as --y", repeated: true },
      { flag: "--history <file>", description: "gets one number an epoch under each name, as JSON" },
      {
        flag: "--output <out>",
        description:
          "a folder (a checkpoint, which goes on training), or a file as convert writes them: .safetensors (weights), .keras, .onnx, .ts, .savedmodel",
      },
      backend,
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example:
      "svertka fit net.ts --x x.npy --y y.npy --loss sparse_categorical_crossentropy --optimizer adam --metric accuracy --epochs 5 --output trained",
    notes: [
      "A checkpoint's weights are where training begins; a module's are fresh ones, of --seed, or --weights.",
      "A checkpoint trains as its source does: dropout, batch normalisation, regularisers and what is frozen are in it.",
      "Only the optimiser begins anew: svertka train TASK --resume goes on with its state.",
      "Axes that a module's model leaves unknown are those of --x, but for --input-shape.",
    ],
    load: async () => (await import("./commands/fit.js")).fit,
  },
  {
    name: "evaluate",
    argument: modelArgument,
    description: "loss and metrics of a model on arrays",
    options: [
      ...lossOptions,
      { flag: "--batch-size <n>", description: "examples that are computed at once (default: 256)" },
      backend,
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka evaluate trained --x x.npy --y y.npy --loss sparse_categorical_crossentropy --metric accuracy",
    load: async () => (await import("./commands/evaluate.js")).evaluate,
  },
  {
    name: "summary",
    argument: modelArgument,
    description: "layers, output shapes, parameters, work and memory of a model",
    options: [
      { flag: "--types", description: "the names and shapes of its weights, as a TypeScript type" },
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka summary net.ts",
    load: async () => (await import("./commands/summary.js")).summary,
  },
  {
    name: "explain",
    argument: { ...modelArgument, description: `${modelArgument.description}, or a task` },
    description: "what the compiler does to a model: passes, fused calls, the backend's steps",
    options: [
      { flag: "--pass <name>", description: "the graph before and after that pass" },
      { flag: "--grad-cam", description: "with --image: where --layer (default: the last one) speaks for a class" },
      { flag: "--saliency", description: "with --image: how much a class's score changes with each pixel" },
      { flag: "--class <class>", description: "a number or name for these (default: what the net says)" },
      { flag: "--passes", description: "of a model: operators before the passes, calls of --backend after them" },
      { flag: "--kernels", description: "the kernels made of formulas, with their formulas and code" },
      backend,
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka explain net.ts --pass fuseEpilogue",
    notes: [
      "Of a task, the training step is explained too.",
      "Where axes are unknown, --input-shape says for which size.",
    ],
    load: async () => (await import("./commands/explain.js")).explain,
  },
  {
    name: "predict",
    argument: modelArgument,
    description: "a model's outputs for arrays in files",
    options: [
      {
        flag: "--input <file>",
        description: "X.npy, picture.png or picture.jpg, or name=X.npy for a model of several inputs",
        repeated: true,
        required: true,
      },
      { flag: "--output <dir>", description: "a folder; gets NAME.npy (float32) for each output", required: true },
      ...moduleWeights,
      { flag: "--check-inputs", description: "refuse inputs that hold NaN or infinite values" },
      backend,
      inputShape,
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
    name: "convert",
    argument: modelArgument,
    description: "write a model as a file for other tools",
    options: [
      {
        flag: "--output <file>",
        description:
          "what to write: FILE.keras (Keras 3), FILE.onnx (ONNX, opset 21), FILE.savedmodel (a folder), FILE.safetensors (weights), FILE.ts (typed source, with its weights beside it), or a folder (TensorFlow.js: model.json and its weights)",
        required: true,
      },
      ...moduleWeights,
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka convert runs/fashion-mnist/checkpoint --output fashion-mnist.onnx",
    notes: ["Inputs and outputs keep channels last, and any number of examples; weights keep their names."],
    load: async () => (await import("./commands/convert.js")).convert,
  },
  {
    name: "distribute",
    argument: taskArgument,
    description: "write a task as a Keras model and a Python program that trains it on many machines",
    options: [
      {
        flag: "--output <dir>",
        description: "a folder; gets model.keras, train.py, plan.json and data/",
        required: true,
      },
      { flag: "--epochs <n>", description: "passes over the training data, in place of the task's" },
      { flag: "--batch-size <n>", description: "examples per step of all machines together, in place of the task's" },
      { flag: "--data <dir>", description: "where the task's data lies" },
      { flag: "--seed <n>", description: "fixes weights and the order of examples, in place of the task's" },
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka distribute examples/fashion-mnist/task.ts --output job",
    notes: [
      "On each machine: TF_CONFIG='{…}' python job/train.py (docs/distribute.md). Started again after a crash it goes on.",
      "Afterwards svertka convert job/model.keras --output trained.safetensors brings the weights back.",
    ],
    load: async () => (await import("./commands/distribute.js")).distribute,
  },
  {
    name: "draw",
    argument: {
      name: "what",
      description: "a model (as for predict), the history.json of a run, or an .npy file",
    },
    description: "draw a model, its kernels, what its layers see, how it trained, what it gets wrong",
    options: [
      { flag: "--output <file>", description: "FILE.svg or FILE.png", required: true },
      { flag: "--unfold", description: "of a model's graph: a box for every layer, repeated blocks each time" },
      { flag: "--layer <name>", description: "a layer, as summary names it; may be given again", repeated: true },
      {
        flag: "--image <file>",
        description:
          "a .png or .jpg of the model's size, or pictures as .npy: feature maps of --layer; may be given again",
        repeated: true,
      },
      { flag: "--channels <list>", description: "of feature maps, as 0,3,8-15 (default: the first 64)" },
      { flag: "--colours <map>", description: "inferno, magma, viridis or grey (default: inferno)" },
      { flag: "--grad-cam", description: "with --image: where --layer (default: the last one) speaks for a class" },
      { flag: "--saliency", description: "with --image: how much a class's score changes with each pixel" },
      { flag: "--class <class>", description: "a number or name for these (default: what the net says)" },
      { flag: "--passes", description: "of a model: operators before the passes, calls of --backend after them" },
      { flag: "--kernels", description: "the kernel of --layer, with its numbers" },
      {
        flag: "--x <file>",
        description: "inputs as .npy, with --y: the confusion matrix of a classifier",
        repeated: true,
      },
      { flag: "--y <file>", description: "class numbers as .npy", repeated: true },
      { flag: "--misclassified", description: "with --x and --y: the pictures that it gets wrong" },
      { flag: "--class-names <list>", description: "as cat,dog, or a text file with a name a line" },
      { flag: "--dark", description: "on a dark ground" },
      { flag: "--scale <number>", description: "pixels of a .png to a pixel of the drawing (default: 2)" },
      ...moduleWeights,
      backend,
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka draw runs/fashion-mnist/checkpoint --layer conv2d --image boot.png --output maps.png",
    notes: [
      "svertka draw runs/fashion-mnist/history.json --output history.svg",
      "svertka draw MODEL --kernels --layer conv2d --output kernels.svg",
      "svertka draw MODEL --image photo.png --grad-cam --output cam.png",
      "svertka draw MODEL --passes --backend wasm --output passes.svg",
      "svertka draw MODEL --x x.npy --y y.npy --class-names cat,dog --output confusion.svg",
      "svertka draw predictions.npy --y y.npy --output confusion.svg    predictions [n, classes], or class numbers",
      "svertka draw kernel.npy --output kernel.svg                      a kernel made by hand, [height, width]",
    ],
    load: async () => (await import("./commands/draw.js")).draw,
  },
  {
    name: "bench",
    argument: { ...modelArgument, description: `${modelArgument.description}, or a task` },
    description: "how fast a model is on this machine: latency, throughput, memory, where the time goes",
    options: [
      { flag: "--batch-size <n>", description: "examples at once (default: 1)" },
      {
        flag: "--backend <name>",
        description: "auto, or a name of svertka backends; given again, several run in turn and are compared",
        repeated: true,
      },
      { flag: "--seconds <number>", description: "how long each backend runs, set-up apart (default: 2)" },
      { flag: "--train", description: "of a task: a step of training in place of a prediction" },
      { flag: "--profile", description: "time per kernel call, by layers" },
      inputShape,
      typeCheck,
      quiet,
      json,
    ],
    example: "svertka bench net.ts --batch-size 32 --backend wasm --backend ort",
    notes: [
      "Weights and data are made up where the model has none: times do not depend on them.",
      "Several backends run A B C A B C, a process each. Compare figures of one run only: machines are shared.",
    ],
    load: async () => (await import("./commands/bench.js")).bench,
  },
  {
    name: "backends",
    description: "the backends that this machine has",
    options: [quiet, json],
    example: "svertka backends --json",
    load: async () => (await import("./commands/backends.js")).backends,
  },
];

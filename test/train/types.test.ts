/** Losses and metrics that do not fit are type errors with the run time's sentence; what fits compiles. */
import { otherArray, otherClasses } from "../../src/train/data-fits.js";
import { expect, test } from "vitest";
import {
  logitsOfProbabilities,
  lossesNeeded,
  lossMissing,
  metricOfLogits,
  metricsNeeded,
  noSuchOutput,
  nothingToChoose,
  oneClass,
} from "../../src/train/fits.js";
import { compile, writeGenerated } from "../types/compiler.js";

const header = `import { conv2d, dense, ensemble, flatten, input, model, pipe, relu, sequential, sigmoid, softmax, type Model } from "../../src/index.js";
import { reference as backend } from "../../src/backends/reference/index.js";
import * as t from "../../src/train/index.js";
import { batch, f32, fromArrays, i32, imageClassification, randomFlip, shuffle, splitAt, takeImages, type Dataset, type Image, type Label } from "../../src/data/index.js";
import { map } from "../../src/data/index.js";
import { imagesFromFolder, readCsv } from "../../src/data/node.js";
import { orThrow } from "../../src/errors.js";
import { TE, type TaskEither } from "../../src/fp.js";
const probabilities = model(pipe(input([4]), dense({ units: 3 }), softmax));
const logits = model(pipe(input([4]), dense({ units: 3 })));
const byLayer = model(input([4]), sequential(dense({ units: 3 }), softmax));
const oneOutput = model(pipe(input([4]), dense({ units: 1, activation: "sigmoid" })));
const anyModel: Model<unknown, unknown> = probabilities;
const wide: number = 3;
const wideOutputs = model(pipe(input([4]), dense({ units: wide }), softmax));
const anyLoss: t.Loss = t.meanSquaredError();
const someMetrics: readonly t.Metric[] = [t.accuracy(), t.auc()];
const optimizer = t.adam();
const trunk = input([4]);
const twoOutputs = model({ inputs: { trunk }, outputs: { digit: pipe(trunk, dense({ units: 3 }), softmax), box: pipe(trunk, dense({ units: 1 })) } });
const digit = t.sparseCategoricalCrossentropy();
const box = t.meanSquaredError();
const twoLosses: t.LossesByOutput = { digit, box };
const otherOutput = model(pipe(input([4]), dense({ units: 2 }), softmax));
const otherInput = model(input([5]), sequential(dense({ units: 3 }), softmax));
const numbers = new Float32Array(0);
declare const n: number;
const x = f32([n, 4] as const, numbers);
const wrongX = f32([n, 28, 28, 1] as const, numbers);
const y = i32([n] as const, new Int32Array(0));
const rows = f32([n, 3] as const, numbers);
const wrongRows = f32([n, 7] as const, numbers);
const anyArray = f32([n, 4], numbers);
const pictures = imageClassification(f32([n, 8, 8] as const, numbers), y, { classes: 5, where: "" });
const fiveClasses = orThrow(pictures);
const ofImages = model(input([8, 8, 1]), sequential(flatten, dense({ units: 5 }), softmax));
const ofImagesTo3 = model(pipe(input([8, 8, 1]), flatten, dense({ units: 3 }), softmax));
declare const typed: <R>(made: TaskEither<unknown, R>) => R;
const running = typed(t.trainer({ backend, optimizer, model: byLayer, loss: t.sparseCategoricalCrossentropy() }));
const runningRows = typed(t.trainer({ backend, optimizer, model: byLayer, loss: t.categoricalCrossentropy() }));
const runningTwo = typed(t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box } }));
const runningImages = typed(t.trainer({ backend, optimizer, model: ofImages, loss: digit }));
const runningAny = typed(t.trainer({ backend, optimizer, model: anyModel, loss: anyLoss }));
const runningOwn = typed(t.trainer({ backend, optimizer, model: byLayer, loss: anyLoss }));
const dataset: Dataset<Image<readonly [8, 8, 1]>, Label<5>> = fromArrays(fiveClasses);
const folder = typed(imagesFromFolder("x", { classNames: ["a", "b", "c", "d", "e"], imageSize: [8, 8], colorMode: "grayscale" }));
const oneHots = typed(imagesFromFolder("x", { classNames: ["a", "b", "c", "d", "e"], imageSize: [8, 8], colorMode: "grayscale", labelMode: "categorical" }));
const colours = typed(imagesFromFolder("x", { classNames: ["a", "b", "c", "d", "e"], imageSize: [8, 8] }));
const table = orThrow(readCsv("", { inputs: ["a", "b", "c", "d"], label: { column: "k", classes: ["x", "y", "z"] } }));
const data = () => TE.left({ tag: "BadData", where: "", message: "" } as const);
`;

const good = `
t.trainer({ backend, optimizer, model: probabilities, loss: t.sparseCategoricalCrossentropy() });
t.trainer({ backend, optimizer, model: logits, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }), metrics: [t.accuracy(), t.auc({ fromLogits: true })] });
t.trainer({ backend, optimizer, model: logits, loss: t.meanSquaredError(), metrics: [t.meanOf(t.huber())] });
t.trainer({ backend, optimizer, model: byLayer, loss: t.categoricalCrossentropy({ labelSmoothing: 0.1 }), metrics: [t.categoricalAccuracy(), t.precision(), t.f1Score({ average: "none" }), t.confusionMatrix()] });
t.trainer({ backend, optimizer, model: oneOutput, loss: t.binaryCrossentropy(), metrics: [t.accuracy(), t.auc()] });
t.trainer({ backend, optimizer, model: wideOutputs, loss: t.sparseCategoricalCrossentropy(), metrics: [t.sparseTopKCategoricalAccuracy()] });
t.trainer({ backend, optimizer, model: anyModel, loss: anyLoss, metrics: someMetrics });
t.trainer({ backend, optimizer, model: anyModel, loss: t.binaryCrossentropy({ fromLogits: true }) });
const own = t.meanMetric({ name: "own", needs: "anything", better: "larger", perExample: ({ output }) => output });
t.task({ model: probabilities, loss: t.sparseCategoricalCrossentropy(), optimizer, metrics: [t.accuracy(), own], epochs: 1, data });
t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box }, lossWeights: { box: 0.5 }, metrics: { digit: [t.accuracy(), t.auc()] } });
t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box: null }, weightedMetrics: { digit: [t.accuracy()] } });
t.trainer({ backend, optimizer, model: twoOutputs, loss: twoLosses });
t.trainer({ backend, optimizer, model: anyModel, loss: { digit, box }, metrics: { digit: [t.accuracy()] } });
t.trainer({ backend, optimizer, model: probabilities, loss: { output: digit }, metrics: { output: [t.accuracy()] } });
t.task({ model: twoOutputs, loss: { digit, box }, optimizer, metrics: { box: [t.meanOf(t.huber())] }, epochs: 1, data });
t.trainer({ backend, optimizer, model: ensemble([probabilities, byLayer], { weights: [1, 2] }), loss: digit });
t.trainer({ backend, optimizer, model: ensemble([logits, logits], { average: "probabilities" }), loss: digit });
t.trainer({ backend, optimizer, model: ensemble([logits, anyModel]), loss: t.sparseCategoricalCrossentropy({ fromLogits: true }) });
t.fit(running, { train: { x, y }, epochs: 1 });
t.fit(running, { train: { x: anyArray, y: anyArray }, validation: { x, y: f32([n, 1] as const, numbers) }, epochs: 1 });
t.fit(runningRows, { train: { x, y: rows }, validation: undefined, epochs: 1 });
t.fit(runningTwo, { train: { x: { trunk: x }, y: { digit: y, box: f32([n] as const, numbers) } }, epochs: 1 });
t.fit(runningImages, { train: fiveClasses, validation: takeImages(fiveClasses, 3), epochs: 1 });
t.fit(runningImages, { train: orThrow(splitAt(fiveClasses, 1))[0], epochs: 1 });
t.fit(runningAny, { train: { x: wrongX, y: wrongRows }, epochs: 1 });
t.fit(runningOwn, { train: { x, y: wrongRows }, epochs: 1 });
declare const untyped: t.Trainer; declare const examples: t.Examples; declare const allOptions: t.FitOptions;
t.fit(untyped, { train: { x: wrongX, y }, epochs: 1 }); t.fit(running, { train: examples, epochs: 1 }); t.fit(untyped, allOptions);
t.fit(runningImages, { train: dataset, validation: pipe(dataset, shuffle(), batch(8)), epochs: 1 });
t.fit(runningImages, { train: pipe(folder, shuffle(), map(randomFlip()), batch(8)), epochs: 1 });
t.fit(running, { train: table, epochs: 1 }); t.fit(untyped, { train: colours, epochs: 1 });
t.task({ model: ofImages, loss: t.categoricalCrossentropy(), optimizer, epochs: 1, data: () => TE.right({ train: oneHots, classNames: oneHots.classNames }) });
t.task({ model: ofImages, loss: digit, optimizer, epochs: 1, data: () => TE.right({ train: fiveClasses, test: takeImages(fiveClasses, 1), classNames: ["a"] }) });
t.task({ model: ofImages, loss: digit, optimizer, epochs: 1, data: (request): TaskEither<never, t.TaskData> => TE.right({ train: { x, y }, request }) });
t.task({ model: byLayer, loss: digit, optimizer, epochs: 1, data: ({ seed }) => async () => seed > 1 ? { _tag: "Left", left: { tag: "BadData", where: "", message: "" } } : { _tag: "Right", right: { train: { x, y } } } });
export const taken: t.Task = t.task({ model: logits, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }), optimizer, epochs: 1, data });
`;

const bad: readonly (readonly [string, string])[] = [
  [
    "t.trainer({ backend, optimizer, model: probabilities, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }) });",
    logitsOfProbabilities,
  ],
  [
    "t.trainer({ backend, optimizer, model: byLayer, loss: t.categoricalCrossentropy({ fromLogits: true }) });",
    logitsOfProbabilities,
  ],
  [
    "t.trainer({ backend, optimizer, model: oneOutput, loss: t.binaryCrossentropy({ fromLogits: true }) });",
    logitsOfProbabilities,
  ],
  [
    "t.task({ model: probabilities, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }), optimizer, epochs: 1, data });",
    logitsOfProbabilities,
  ],
  [
    "t.trainer({ backend, optimizer, model: oneOutput, loss: t.binaryCrossentropy(), metrics: [t.accuracy(), t.sparseCategoricalAccuracy()] });",
    oneClass,
  ],
  [
    "t.task({ model: oneOutput, loss: t.binaryCrossentropy(), optimizer, metrics: [t.confusionMatrix()], epochs: 1, data });",
    oneClass,
  ],
  [
    "t.trainer({ backend, optimizer, model: logits, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }), metrics: [t.auc()] });",
    metricOfLogits,
  ],
  ["t.trainer({ backend, optimizer, model: twoOutputs, loss: digit });", lossesNeeded],
  ["t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit } });", lossMissing("box")],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box, boks: box } });",
    noSuchOutput("loss", "boks", "box"),
  ],
  [
    "t.task({ model: twoOutputs, loss: { digit: t.sparseCategoricalCrossentropy({ fromLogits: true }), box }, optimizer, epochs: 1, data });",
    logitsOfProbabilities,
  ],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box: t.sparseCategoricalCrossentropy() } });",
    nothingToChoose,
  ],
  ["t.trainer({ backend, optimizer, model: oneOutput, loss: digit });", nothingToChoose],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box }, metrics: [t.accuracy()] });",
    metricsNeeded,
  ],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box }, metrics: { dig: [t.accuracy()] } });",
    noSuchOutput("metrics", "dig", "digit"),
  ],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box }, metrics: { box: [t.confusionMatrix()] } });",
    oneClass,
  ],
  [
    "t.trainer({ backend, optimizer, model: twoOutputs, loss: { digit, box }, lossWeights: { bx: 1 } });",
    "'bx' does not exist in type",
  ],
  [
    "t.fit(running, { train: { x: wrongX, y }, epochs: 1 });",
    "batch: 'input' is f32[?, 28, 28, 1], the model needs f32[?, 4]: give data of that shape",
  ],
  [
    "t.fit(running, { train: { x, y }, validation: { x: wrongX, y }, epochs: 1 });",
    "batch: 'input' is f32[?, 28, 28, 1], the model needs f32[?, 4]: give data of that shape",
  ],
  [
    "t.fit(runningTwo, { train: { x: { trunk: wrongX }, y: { digit: y, box: y } }, epochs: 1 });",
    "batch: 'trunk' is f32[?, 28, 28, 1], the model needs f32[?, 4]: give data of that shape",
  ],
  [
    "t.fit(runningRows, { train: { x, y: wrongRows }, epochs: 1 });",
    "batch: 'labels' is f32[?, 7], the model needs f32[?, 3]: give data of that shape",
  ],
  [
    "t.fit(running, { train: { x, y: wrongRows }, epochs: 1 });",
    "batch: 'labels' is f32[?, 7], the model needs i32[?]: give data of that shape",
  ],
  [
    "t.fit(runningTwo, { train: { x: { trunk: x }, y: { digit: y, box: rows } }, epochs: 1 });",
    "batch: 'labels/box' is f32[?, 3], the model needs f32[?, 1]: give data of that shape",
  ],
  [
    "t.fit(running, { train: { x, y, classes: 10 as const }, epochs: 1 });",
    "labels: the data have 10 classes, and the model's output has 3: mend the data or the last layer",
  ],
  ["t.fit(runningImages, { train: colours, epochs: 1 });", otherArray("input", "f32[?, 8, 8, 3]", "f32[?, 8, 8, 1]")],
  [
    "t.fit(typed(t.trainer({ backend, optimizer, model: ofImagesTo3, loss: digit })), { train: pipe(folder, batch(4)), epochs: 1 });",
    otherClasses("5", "3"),
  ],
  ["t.fit(runningImages, { train: oneHots, epochs: 1 });", otherArray("labels", "f32[?, 5]", "i32[?]")],
  [
    "t.task({ model: ofImagesTo3, loss: digit, optimizer, epochs: 1, data: () => TE.right({ train: dataset }) });",
    otherClasses("5", "3"),
  ],
  [
    "t.fit(running, { train: fiveClasses, epochs: 1 });",
    "batch: 'input' is f32[?, 8, 8, 1], the model needs f32[?, 4]: give data of that shape",
  ],
  [
    "t.task({ model: ofImagesTo3, loss: digit, optimizer, epochs: 1, data: () => TE.right({ train: fiveClasses }) });",
    "labels: the data have 5 classes, and the model's output has 3: mend the data or the last layer",
  ],
  [
    "t.task({ model: byLayer, loss: digit, optimizer, epochs: 1, data: ({ seed }) => async () => seed > 1 ? { _tag: 'Left', left: { tag: 'BadData', where: '', message: '' } } : { _tag: 'Right', right: { train: { x, y }, test: { x: wrongX, y } } } });",
    "batch: 'input' is f32[?, 28, 28, 1], the model needs f32[?, 4]: give data of that shape",
  ],
  [
    "ensemble([probabilities, otherOutput]);",
    "ensemble: a member gives 2, the first gives 3: give members of one output shape",
  ],
  [
    "ensemble([byLayer, otherInput]);",
    "ensemble: a member takes 5, the first takes 4: give members of the same inputs",
  ],
];

test("what fits compiles, and each mistake is one sentence on its line", () => {
  const text = `${header}${good}${bad.map(([code]) => code).join("\n")}\nexport { conv2d, flatten, relu, sigmoid };\n`;
  const first = text.split("\n").indexOf(bad[0]?.[0] ?? "") + 1;
  const { complaints } = compile(writeGenerated("training.ts", text), { noUnusedLocals: false, types: ["node"] });
  expect(complaints.filter(({ line }) => line < first)).toEqual([]);
  expect([...new Set(complaints.map(({ line }) => line))]).toEqual(bad.map((_, i) => first + i));
  bad.forEach(([, sentence], i) => {
    const said = complaints.filter(({ line }) => line === first + i).map((complaint) => complaint.text);
    expect(said.join("\n")).toContain(sentence);
    expect(sentence.length).toBeLessThanOrEqual(200);
  });
});

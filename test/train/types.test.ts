/** Losses and metrics that do not fit are type errors with the run time's sentence; what fits compiles. */
import { expect, test } from "vitest";
import { logitsOfProbabilities, metricOfLogits, oneClass } from "../../src/train/fits.js";
import { compile, writeGenerated } from "../types/compiler.js";

const header = `import { conv2d, dense, flatten, input, model, pipe, relu, sequential, sigmoid, softmax, type Model } from "../../src/index.js";
import { reference as backend } from "../../src/backends/reference/index.js";
import * as t from "../../src/train/index.js";
import { TE } from "../../src/fp.js";
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

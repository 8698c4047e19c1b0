/** What each JavaScript run time must do with the built package: train a small net on wasm until its loss falls, and predict. */
import { compile, conv2d, dense, f32, flatten, i32, input, model, orReject, pipe, relu, softmax } from "svertka";
import { adam, sparseCategoricalCrossentropy, trainer } from "svertka/train";
import { wasm } from "svertka/wasm";

const examples = 32;
const net = model(
  pipe(input([8, 8, 1]), conv2d({ filters: 4, kernelSize: 3 }), relu, flatten, dense({ units: 2 }), softmax),
);
// Class 0 is bright on the left, class 1 on the right: learnt in a few steps.
const y = i32(
  [examples],
  Int32Array.from({ length: examples }, (_, i) => i % 2),
);
const x = f32(
  [examples, 8, 8, 1],
  Float32Array.from({ length: examples * 64 }, (_, i) =>
    i % 8 < 4 === (Math.floor(i / 64) % 2 === 0) ? 1 : 0.1 * Math.sin(i),
  ),
);

const running = await orReject(
  trainer({
    model: net,
    backend: wasm,
    loss: sparseCategoricalCrossentropy(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 1,
  }),
);
const losses = [];
for (let step = 0; step < 30; step++) losses.push((await orReject(running.step({ x, y }))).loss);
const predictor = await orReject(compile(net, { backend: wasm, weights: await running.weights() }));
const { output } = await orReject(predictor.predict(x));
const right = Array.from(y.data).filter((label, i) => output.data[2 * i + label] > 0.5).length;
if (!(losses.at(-1) < losses[0] / 4)) throw new Error(`the loss went from ${losses[0]} to ${losses.at(-1)}`);
if (right !== examples) throw new Error(`${right} of ${examples} examples are classified rightly`);
// For the comparison between run times: the numbers, not their text.
console.log(JSON.stringify({ first: losses[0], last: losses.at(-1), right }));

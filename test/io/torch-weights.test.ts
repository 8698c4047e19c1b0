/** PyTorch's weights in our models. The witness is onnxruntime: ONNX keeps weights as PyTorch does, [out, in, h, w] and [out, in]. */
import * as onnxruntime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import {
  batchNormalization,
  compile,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  f32,
  input,
  model,
  named,
  orReject,
  orThrow,
  pipe,
  prelu,
  relu,
  separableConv2d,
  sequential,
  type Model,
} from "../../src/index.js";
import { E } from "../../src/fp.js";
import { weightsFromTorch } from "../../src/io/index.js";
import { encodeOnnx, type OnnxNode } from "../../src/io/onnx/message.js";
import { readWeightMap } from "../../src/io/weight-map.js";
import { reference } from "../../src/backends/reference/index.js";

const numbers = (shape: readonly number[], seed: number, positive = false): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    const value = Math.sin(i * 1.7 + seed) * 0.5;
    return positive ? 0.5 + Math.abs(value) : value;
  });

type TorchShapes = Readonly<Record<string, readonly number[]>>;

const tensorsOf = (shapes: TorchShapes) =>
  Object.entries(shapes).map(([name, shape], i) => ({
    name,
    ...f32(shape, numbers(shape, i, name.endsWith("running_var"))),
  }));

const node = (
  operator: string,
  [inputs, output]: readonly [readonly string[], string],
  attributes: OnnxNode["attributes"] = {},
): OnnxNode => ({ name: output, operator, inputs, outputs: [output], attributes });

/** What onnxruntime makes of an image, channels first, by these nodes; the last one's result. */
const witness = async (
  nodes: readonly OnnxNode[],
  { shapes, x }: { readonly shapes: TorchShapes; readonly x: ReturnType<typeof f32> },
): Promise<Float32Array> => {
  const last = nodes.at(-1)?.outputs[0] ?? "";
  const bytes = encodeOnnx({
    name: "torch",
    nodes,
    inputs: [{ name: "x", dtype: "f32", shape: x.shape }],
    outputs: [{ name: last, dtype: "f32", shape: [x.shape[0] ?? 1, "n"] }],
    initializers: tensorsOf(shapes).map(({ name, shape, data }) => ({ name, shape, data })),
  });
  const session = await onnxruntime.InferenceSession.create(bytes);
  const results = await session.run({ x: new onnxruntime.Tensor("float32", x.data, x.shape) });
  return Float32Array.from(results[last]?.data as Float32Array); // a float output, as declared
};

/** [n, h, w, c] as [n, c, h, w]. */
const channelsFirst = (x: ReturnType<typeof f32>): ReturnType<typeof f32> => {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    const [example, channel, cell] = [Math.floor(i / (c * h * w)), Math.floor(i / (h * w)) % c, i % (h * w)];
    data[i] = x.data[(example * h * w + cell) * c + channel] ?? 0;
  }
  return f32([n, c, h, w], data);
};

const predicted = async (
  net: Model<unknown, unknown>,
  {
    shapes,
    x,
    names,
  }: { readonly shapes: TorchShapes; readonly x: ReturnType<typeof f32>; readonly names: [string, string][] },
): Promise<ArrayLike<number>> => {
  const weights = orThrow(
    weightsFromTorch(net, tensorsOf(shapes), { names: new Map(names), where: "net.safetensors" }),
  );
  const ready = await orReject(compile(net, { backend: reference, weights }));
  const { output } = await orReject(ready.predict(x));
  return output?.data ?? [];
};

const image = f32([2, 6, 5, 3], numbers([2, 6, 5, 3], 99));

describe("a net of PyTorch's modules", () => {
  const shapes = {
    "features.0.weight": [8, 3, 3, 3],
    "features.0.bias": [8],
    "features.1.weight": [8],
    "features.1.bias": [8],
    "features.1.running_mean": [8],
    "features.1.running_var": [8],
    "features.3.weight": [16, 1, 3, 2],
    "features.3.bias": [16],
    "up.weight": [16, 4, 2, 2],
    "up.bias": [4],
    "norm.weight": [256],
    "norm.bias": [256],
    "norm.running_mean": [256],
    "norm.running_var": [256],
    "head.weight": [7, 256],
    "head.bias": [7],
    "head.act.weight": [1],
  };
  const nodes = [
    node("Conv", [["x", "features.0.weight", "features.0.bias"], "a"], { pads: { ints: [1, 1, 1, 1] } }),
    node(
      "BatchNormalization",
      [["a", "features.1.weight", "features.1.bias", "features.1.running_mean", "features.1.running_var"], "b"],
      { epsilon: { float: 1e-3 } },
    ),
    node("Relu", [["b"], "c"]),
    node("Conv", [["c", "features.3.weight", "features.3.bias"], "d"], { group: { int: 8 } }),
    node("ConvTranspose", [["d", "up.weight", "up.bias"], "e"], { strides: { ints: [2, 2] } }),
    node("Flatten", [["e"], "f"]),
    node("BatchNormalization", [["f", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"], "g"], {
      epsilon: { float: 1e-3 },
    }),
    node("Gemm", [["g", "head.weight", "head.bias"], "h"], { transB: { int: 1 } }),
    node("PRelu", [["h", "head.act.weight"], "y"]),
  ];
  const net = model(
    input([6, 5, 3]),
    sequential(
      conv2d({ filters: 8, kernelSize: 3, padding: "same" }),
      batchNormalization(),
      relu,
      depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2 }),
      named("up", conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2 })),
      flatten,
      batchNormalization(),
      dropout({ rate: 0.5 }),
      dense({ units: 7 }),
      prelu({ sharedAxes: [1] }),
    ),
  );
  const names: [string, string][] = [
    ["conv2d", "features.0"],
    ["batchNormalization", "features.1"],
    ["depthwiseConv2d", "features.3"],
    ["up/conv2dTranspose", "up"],
    ["batchNormalization_1", "norm"],
    ["dense", "head"],
    ["prelu/alpha", "head.act.weight"],
  ];

  test("gives what onnxruntime gives with the same tensors, images flattened channels first", async () => {
    const wanted = await witness(nodes, { shapes, x: channelsFirst(image) });
    const got = await predicted(net, { shapes, x: image, names });
    expect(got).toHaveLength(14);
    for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 4);
  });

  test.each([
    ["a name that the model has not", [["conv3d", "features.0"]], "which the model has not"],
    [
      "a module that the file has not",
      [["conv2d", "backbone.0"]],
      "'backbone.0.weight' for 'conv2d/kernel' is not in the file",
    ],
    ["another shape", [["conv2d", "head"]], "'head.weight' is [7, 256], 'conv2d/kernel' needs [8, 3, 3, 3]"],
  ])("refuses %s", (_, changed, sentence) => {
    const all = new Map([...names, ...changed.map(([ours = "", theirs = ""]) => [ours, theirs] as const)]);
    const outcome = weightsFromTorch(net, tensorsOf(shapes), { names: all, where: "net.safetensors" });
    expect(E.isLeft(outcome) && outcome.left.message).toContain(sentence);
    expect(E.isLeft(outcome) && outcome.left.message.length).toBeLessThanOrEqual(200);
  });
});

test("a separable convolution is two modules", async () => {
  const shapes = {
    "stem.depthwise.weight": [3, 1, 3, 3],
    "stem.pointwise.weight": [5, 3, 1, 1],
    "stem.pointwise.bias": [5],
  };
  const names: [string, string][] = [["stem/separableConv2d", "stem"]];
  const nodes = [
    node("Conv", [["x", "stem.depthwise.weight"], "a"], { group: { int: 3 } }),
    node("Conv", [["a", "stem.pointwise.weight", "stem.pointwise.bias"], "b"]),
    node("Transpose", [["b"], "c"], { perm: { ints: [0, 2, 3, 1] } }),
    node("Flatten", [["c"], "y"]),
  ];
  const net = model(input([6, 5, 3]), sequential(named("stem", separableConv2d({ filters: 5, kernelSize: 3 }))));
  const wanted = await witness(nodes, { shapes, x: channelsFirst(image) });
  const got = await predicted(net, { shapes, x: image, names });
  expect(wanted).toHaveLength(120);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 5);
});

test("what reads channels, not a flattened image, keeps its order", async () => {
  const shapes = { "conv1d.weight": [4, 3, 2], "conv1d.bias": [4], "dense.weight": [2, 4], "dense.bias": [2] };
  const sequence = f32([1, 5, 3], numbers([1, 5, 3], 5));
  const net = model(pipe(input([5, 3]), conv1d({ filters: 4, kernelSize: 2 }), dense({ units: 2, axis: -1 })));
  const first = f32(
    [1, 3, 5],
    Float32Array.from({ length: 15 }, (_, i) => sequence.data[(i % 5) * 3 + Math.floor(i / 5)] ?? 0),
  );
  const nodes = [
    node("Conv", [["x", "conv1d.weight", "conv1d.bias"], "a"]),
    node("Transpose", [["a"], "b"], { perm: { ints: [0, 2, 1] } }),
    node("Transpose", [["dense.weight"], "w"], { perm: { ints: [1, 0] } }),
    node("MatMul", [["b", "w"], "c"]),
    node("Add", [["c", "dense.bias"], "d"]),
    node("Flatten", [["d"], "y"]),
  ];
  const wanted = await witness(nodes, { shapes, x: first });
  const got = await predicted(net, { shapes, x: sequence, names: [] });
  expect(wanted).toHaveLength(8);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 5);
});

describe("the map", () => {
  const read = (text: string) => readWeightMap(new TextEncoder().encode(text), "map.json");

  test("is JSON", () => {
    expect(orThrow(read('{ "layout": "pytorch", "names": { "a": "b", "__proto__": "c" } }'))).toEqual(
      new Map([
        ["a", "b"],
        ["__proto__", "c"],
      ]),
    );
  });

  test.each([
    ["nothing", "", "no JSON object"],
    ["a list", "[]", "no JSON object"],
    ["no layout", "{}", 'its layout must be "pytorch"'],
    ["another layout", '{ "layout": "jax" }', 'its layout must be "pytorch"'],
    ["another key", '{ "layout": "pytorch", "weights": {} }', 'it knows no "weights"'],
    ["names that are a list", '{ "layout": "pytorch", "names": [] }', "names is no object"],
    ["a name that is a number", '{ "layout": "pytorch", "names": { "a": 1 } }', 'the name of "a" is no text'],
    ["a name twice", '{ "layout": "pytorch", "names": { "a": "b", "a": "c" } }', '"a" stands twice'],
  ])("refuses %s", (_, text, sentence) => {
    const outcome = read(text);
    expect(E.isLeft(outcome) && outcome.left.message).toContain(sentence);
  });
});

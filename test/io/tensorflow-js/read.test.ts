/** Layers models of TensorFlow.js: what tfjs-layers saved gives what tfjs-layers predicts; what is damaged is one sentence. */
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import "../../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../../src/backends/reference/index.js";
import { f32 } from "../../../src/data/nd-array.js";
import { mistake, orReject, type SvertkaError } from "../../../src/errors.js";
import { E, TE } from "../../../src/fp.js";
import { readTensorFlowJs } from "../../../src/io/index.js";
import { compile } from "../../../src/run/compile.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

interface Saved {
  readonly topology: unknown;
  readonly specs: readonly tf.io.WeightsManifestEntry[];
  readonly data: Uint8Array;
}

const bytesOf = (data: tf.io.WeightData | undefined): Uint8Array => {
  const parts = data === undefined ? [] : Array.isArray(data) ? data : [data];
  return Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part)]));
};

const save = async (model: layers.LayersModel): Promise<Saved> => {
  let saved: Saved = { topology: {}, specs: [], data: new Uint8Array() };
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData }) => {
      saved = { topology: modelTopology, specs: weightSpecs, data: bytesOf(weightData) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return saved;
};

const missing = (path: string): TE.TaskEither<SvertkaError, never> =>
  TE.left(mistake("BadFile", path, "cannot read: no such file or folder: check the path"));

/** The weights in files of so many bytes. */
const filesOf = ({ topology, specs, data }: Saved, size = Infinity, changed: object = {}) => {
  const shards = new Map<string, Uint8Array>();
  for (let start = 0; start === 0 || start < data.length; start += size)
    shards.set(`group1-shard${shards.size + 1}.bin`, data.slice(start, Math.min(data.length, start + size)));
  const json = {
    modelTopology: topology,
    weightsManifest: [{ paths: [...shards.keys()], weights: specs }],
    ...changed,
  };
  return {
    json,
    shards,
    model: new TextEncoder().encode(JSON.stringify(json)),
    file: (path: string) => {
      const bytes = shards.get(path);
      return bytes === undefined ? missing(path) : TE.right(bytes);
    },
  };
};

/** Statistics and weights that are not what they begin with. */
const shaken = (model: layers.LayersModel): layers.LayersModel => {
  model.setWeights(
    model
      .getWeights()
      .map((weight, i) =>
        tf.add(weight, tf.reshape(tf.mul(0.1, tf.abs(tf.sin(tf.add(tf.range(0, weight.size), i)))), weight.shape)),
      ),
  );
  return model;
};

const { input } = layers;
const nets: Readonly<Record<string, () => layers.LayersModel>> = {
  "a sequence": () =>
    layers.sequential({
      layers: [
        layers.layers.conv2d({
          inputShape: [8, 9, 3],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          activation: "relu",
        }),
        layers.layers.batchNormalization({ axis: 3, epsilon: 1e-3 }),
        layers.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same" }),
        layers.layers.reLU({ maxValue: 6 }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.flatten(),
        layers.layers.dropout({ rate: 0.5 }),
        layers.layers.dense({ units: 5, activation: "softmax" }),
      ],
    }),
  "branches, merges and a layer that is shared": () => {
    const x = input({ shape: [7, 7, 2] });
    const padded = layers.layers
      .zeroPadding2d({
        padding: [
          [0, 1],
          [1, 0],
        ],
      })
      .apply(x);
    const shared = layers.layers.separableConv2d({ filters: 3, kernelSize: 2, padding: "valid", useBias: false });
    const a = shared.apply(padded) as layers.SymbolicTensor;
    const b = layers.layers.leakyReLU({ alpha: 0.2 }).apply(shared.apply(padded)) as layers.SymbolicTensor;
    const sum = layers.layers.add().apply([a, b]) as layers.SymbolicTensor;
    const both = layers.layers.concatenate({ axis: -1 }).apply([sum, a]) as layers.SymbolicTensor;
    const means = layers.layers.globalAveragePooling2d({}).apply(both) as layers.SymbolicTensor;
    return layers.model({
      inputs: x,
      outputs: layers.layers.dense({ units: 2, activation: "tanh" }).apply(means) as layers.SymbolicTensor,
    });
  },
  "a model in a model": () => {
    const inner = layers.sequential({
      layers: [
        layers.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
        layers.layers.activation({ activation: "elu" }),
      ],
    });
    return layers.sequential({
      layers: [
        inner,
        layers.layers.upSampling2d({ size: [2, 2], inputShape: [4, 4, 3] }),
        layers.layers.averagePooling2d({ poolSize: 3, strides: 2 }),
      ],
    });
  },
};

describe.each(Object.entries(nets))("%s", (_, make) => {
  test.each([
    ["one file", Infinity],
    ["files of 100 bytes", 100],
  ])("in %s gives what tfjs-layers gives", async (_name, size) => {
    const model = shaken(make());
    const [, ...shape] = model.inputs[0]?.shape ?? [];
    const sizes = [2, ...shape.map(Number)];
    const x = f32(
      sizes,
      Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_value, i) => Math.sin(i)),
    );
    const wanted = (model.predict(tf.tensor(x.data, sizes)) as tf.Tensor).dataSync();
    const read = await orReject(readTensorFlowJs(filesOf(await save(model), size), "model.json"));
    const ready = await orReject(compile(read.model, { backend: reference, weights: read.weights }));
    const [result] = Object.values(await orReject(ready.predict(x)));
    expect(result?.data).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(result?.data[i]).toBeCloseTo(value, 4);
  });
});

describe("numbers made smaller", () => {
  /** A dense layer of one weight and one bias: 3 and −1, by q · scale + min. */
  const dense = (specs: readonly object[], data: Uint8Array): Saved => ({
    topology: {
      class_name: "Sequential",
      config: {
        name: "net",
        layers: [
          {
            class_name: "Dense",
            config: { name: "d", units: 1, batch_input_shape: [null, 1], use_bias: true, activation: "linear" },
          },
        ],
      },
    },
    specs: specs as Saved["specs"], // written as the format has them
    data,
  });
  test.each([
    [
      "uint8",
      dense(
        [
          { name: "d/kernel", shape: [1, 1], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
          { name: "d/bias", shape: [1], dtype: "float32", quantization: { dtype: "uint8", scale: 1, min: -1 } },
        ],
        Uint8Array.of(8, 0),
      ),
    ],
    [
      "uint16",
      dense(
        [
          {
            name: "d/kernel",
            shape: [1, 1],
            dtype: "float32",
            quantization: { dtype: "uint16", scale: 0.01, min: 0.44 },
          },
          { name: "d/bias", shape: [1], dtype: "float32", quantization: { dtype: "uint16", scale: 1, min: -1 } },
        ],
        Uint8Array.of(0, 1, 0, 0),
      ),
    ],
    // 0x4200 is 3, 0xbc00 is −1.
    [
      "float16",
      dense(
        [
          { name: "d/kernel", shape: [1, 1], dtype: "float32", quantization: { dtype: "float16" } },
          { name: "d/bias", shape: [1], dtype: "float32", quantization: { dtype: "float16" } },
        ],
        Uint8Array.of(0, 0x42, 0, 0xbc),
      ),
    ],
  ])("%s", async (_, saved) => {
    const { weights } = await orReject(readTensorFlowJs(filesOf(saved), "model.json"));
    const [kernel, bias] = [...weights.values()].map(({ data }) => data[0]);
    expect(kernel).toBeCloseTo(3, 5);
    expect(bias).toBeCloseTo(-1, 5);
  });
});

describe("what is refused", () => {
  const problemOf = async (files: Parameters<typeof readTensorFlowJs>[0]): Promise<string> => {
    const outcome = await readTensorFlowJs(files, "model.json")();
    expect(E.isLeft(outcome)).toBe(true);
    const { tag, message } = E.isLeft(outcome) ? outcome.left : { tag: "", message: "" };
    expect(message.length).toBeLessThanOrEqual(200);
    return `${tag}: ${message}`;
  };
  let files: ReturnType<typeof filesOf>;
  beforeAll(async () => {
    files = filesOf(await save(nets["a sequence"]?.() ?? layers.sequential()));
  });
  const withJson = (change: (json: ReturnType<typeof filesOf>["json"]) => object) => ({
    ...files,
    model: new TextEncoder().encode(JSON.stringify(change(files.json))),
  });
  const manifest = (change: object) =>
    withJson((json) => ({ ...json, weightsManifest: [{ ...json.weightsManifest[0], ...change }] }));

  test("no JSON", async () =>
    expect(await problemOf({ ...files, model: Uint8Array.of(123) })).toContain(
      "BadFile: model.json: it is no JSON: the file is damaged",
    ));
  test("a graph model", async () =>
    expect(await problemOf(withJson((json) => ({ ...json, format: "graph-model" })))).toContain(
      "Unsupported: model.json: it is a graph model",
    ));
  test("no layers", async () =>
    expect(await problemOf(withJson(() => ({ weightsManifest: [] })))).toContain("no modelTopology"));
  test("no manifest", async () =>
    expect(await problemOf(withJson(({ modelTopology }) => ({ modelTopology })))).toContain("no weightsManifest"));
  test.each(["../secret", "/etc/passwd", "a/../../b", "C:\\x", "https://elsewhere/x", ""])(
    "the path %j",
    async (path) => expect(await problemOf(manifest({ paths: [path] }))).toContain("leads out of its folder"),
  );
  test("a file that is not there", async () =>
    expect(await problemOf(manifest({ paths: ["other.bin"] }))).toContain("no such file"));
  test("a file that is cut short", async () =>
    expect(
      await problemOf({
        ...files,
        file: (path) => TE.right((files.shards.get(path) ?? new Uint8Array()).slice(0, -4)),
      }),
    ).toContain("cut short"));
  test("a weight that is missing", async () =>
    expect(await problemOf(manifest({ weights: [], paths: [] }))).toContain("is missing"));
  test("a weight that stands twice", async () => {
    const [first] = files.json.weightsManifest[0]?.weights ?? [];
    expect(await problemOf(manifest({ weights: [first, first] }))).toContain("stands twice");
  });
  test("an absurd shape", async () =>
    expect(
      await problemOf(manifest({ weights: [{ name: "a", dtype: "float32", shape: [2 ** 40, 2 ** 40] }] })),
    ).toContain("larger than any file"));
  /** A model of these layers in a row; each is what its name and its config make it. */
  const ofLayers = (...made: readonly (readonly [className: string, config?: object, reads?: string])[]) => {
    const named = made.map(([className, config = {}, reads], i) => ({
      class_name: className,
      name: `l${i}`,
      config: { name: `l${i}`, ...config },
      inbound_nodes: i === 0 ? [] : [[[reads ?? `l${i - 1}`, 0, 0, {}]]],
    }));
    const config = {
      name: "m",
      layers: named,
      input_layers: [["l0", 0, 0]],
      output_layers: [[`l${made.length - 1}`, 0, 0]],
    };
    return withJson((json) => ({ ...json, modelTopology: { class_name: "Model", config } }));
  };
  const input = ["InputLayer", { batch_input_shape: [null, 4], dtype: "float32" }] as const;

  test("code in a file, and unknown layers, all in one sentence", async () => {
    const said = await problemOf(ofLayers(input, ["Lambda", { function: "process.exit" }], ["Foo"], ["Bar"]));
    expect(said).toMatch(/^Unsupported: .*Lambda.*Foo.*Bar|^Unsupported: .*Bar.*Foo.*Lambda/);
  });
  test("a cycle", async () =>
    expect(await problemOf(ofLayers(input, ["ReLU", {}, "l2"], ["ReLU", {}, "l1"]))).toMatch(/^BadFile: /));
  test("a layer that reads one that is not there", async () =>
    expect(await problemOf(ofLayers(input, ["ReLU", {}, "nobody"]))).toMatch(/^BadFile: /));
  test("nested too deep", async () => {
    const deep = `{"modelTopology":${"[".repeat(500)}${"]".repeat(500)}}`;
    expect(await problemOf({ ...files, model: new TextEncoder().encode(deep) })).toContain("nested more than 400 deep");
  });
  test("keys called __proto__ are names as any other", async () => {
    const text = new TextDecoder()
      .decode(files.model)
      .replace('"class_name"', '"__proto__":{"polluted":1},"class_name"');
    const outcome = await readTensorFlowJs({ ...files, model: new TextEncoder().encode(text) }, "model.json")();
    expect(E.isRight(outcome)).toBe(true);
    expect("polluted" in {}).toBe(false);
  });
  test("a weight of another shape", async () => {
    const [first, ...rest] = files.json.weightsManifest[0]?.weights ?? [];
    const turned = { ...first, shape: first?.shape.toReversed() };
    expect(await problemOf(manifest({ weights: [turned, ...rest] }))).toMatch(/its layer needs \[/);
  });
  test("words that mean something else than in Keras 3", async () => {
    const hard = layers.sequential({
      layers: [layers.layers.dense({ units: 2, inputShape: [3], activation: "hardSigmoid" })],
    });
    expect(await problemOf(filesOf(await save(hard)))).toContain("is not Keras 3's");
    const up = layers.sequential({
      layers: [layers.layers.upSampling2d({ inputShape: [2, 2, 1], interpolation: "bilinear" })],
    });
    expect(await problemOf(filesOf(await save(up)))).toContain("Unsupported: model.json: up_sampling2d_UpSampling2D");
  });
  test("a weight of strings", async () =>
    expect(await problemOf(manifest({ weights: [{ name: "a", dtype: "string", shape: [1] }] }))).toContain(
      "Unsupported: model.json: 'a' holds string",
    ));
});

/** A page that uses TensorFlow.js by itself beside svertka, on WebGL, and compares what both ask of the GPU. */
import { measured, type GpuWork } from "./gpu-meter.js";
import "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import * as layersOf from "@tensorflow/tfjs-layers";
import { compile, f32, model, orReject } from "svertka";
import { webgl } from "svertka/webgl";
import { inputShapes, models, type ModelName } from "../../../bench/models.mjs";
import { layers } from "./bench-layers.js";
import { net, pictures, weights } from "./net.js";

type Measured = GpuWork & { readonly milliseconds: number };

const { layers: make } = layersOf;
type Symbolic = layersOf.SymbolicTensor;
/** One tensor in, one out. */
const applied = (layer: { apply: (x: Symbolic) => unknown }, x: Symbolic): Symbolic => layer.apply(x) as Symbolic; // sound: symbolic in, symbolic out

const tfjsModel = (name: ModelName): layersOf.LayersModel => {
  const inputs: Symbolic[] = [];
  const outputs = models[name]<Symbolic>({
    input: (shape) => {
      const made = layersOf.input({ shape: [...shape] });
      inputs.push(made);
      return made;
    },
    conv: (x, filters, kernelSize, options = {}) => applied(make.conv2d({ filters, kernelSize, ...options }), x),
    depthwise: (x, kernelSize, options) => applied(make.depthwiseConv2d({ kernelSize, ...options }), x),
    batchNorm: (x) => applied(make.batchNormalization(), x),
    activation: (x, activation) => applied(make.activation({ activation }), x),
    maxPool: (x, poolSize, options = {}) => applied(make.maxPooling2d({ poolSize, ...options }), x),
    globalAvgPool: (x) => applied(make.globalAveragePooling2d({}), x),
    flatten: (x) => applied(make.flatten(), x),
    dense: (x, units, activation) =>
      applied(make.dense({ units, ...(activation === undefined ? {} : { activation }) }), x),
    add: (a, b) => make.add().apply([a, b]) as Symbolic, // sound: symbolic in, symbolic out
  });
  return layersOf.model({ inputs, outputs });
};

const page = {
  /** A predict of each, warm: the third. */
  compared: async (
    name: ModelName,
    batch: number,
  ): Promise<{ readonly svertka: Measured; readonly tfjs: Measured }> => {
    const shape = [batch, ...inputShapes[name]];
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 101) / 101);
    const predictor = await orReject(compile(model(models[name](layers)), { backend: webgl }));
    const ours = async (): Promise<unknown> => orReject(predictor.predict(f32(shape, data)));
    await tf.setBackend("webgl");
    const theirs = tfjsModel(name);
    const predicted = async (): Promise<void> => {
      const x = tf.tensor(data, shape);
      const y = theirs.predict(x) as tf.Tensor; // sound: the model has one output
      await y.data();
      tf.dispose([x, y]);
    };
    for (let warm = 0; warm < 2; warm++) {
      await ours();
      await predicted();
    }
    const both = { svertka: await measured(ours), tfjs: await measured(predicted) };
    predictor.dispose();
    theirs.dispose();
    return both;
  },
  /** TensorFlow.js's numbers before, between and after svertka's, and what it counts as its own. */
  beside: async () => {
    await tf.setBackend("webgl");
    const squares = async (): Promise<unknown> => {
      const squared = tf.tidy(() => tf.square(tf.tensor([1, 2, 3])));
      const numbers = await squared.array();
      squared.dispose();
      return numbers;
    };
    const before = await squares();
    const kept = tf.tensor([4, 5, 6]);
    const held = tf.memory().numTensors;
    const predictor = await orReject(compile(net, { backend: webgl, weights }));
    const [first, between] = await Promise.all([orReject(predictor.predict(pictures(5).x)), squares()]);
    // Its engine's scopes are not ours: what is made within one is not freed with it.
    tf.engine().startScope();
    const begun = orReject(predictor.predict(pictures(5).x));
    tf.engine().endScope();
    const second = await begun;
    predictor.dispose();
    const after = [await squares(), await kept.array(), tf.getBackend()];
    return {
      before,
      between,
      after,
      first: [...(first["output"]?.data ?? [])],
      second: [...(second["output"]?.data ?? [])],
      tensors: tf.memory().numTensors - held,
    };
  },
};

export type BesidePage = typeof page;

Reflect.set(globalThis, "svertkaTest", page);

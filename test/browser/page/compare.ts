/** svertka and tfjs-layers on the same model, weights of each, and the same GPU: what they ask of it, and how long they take. */
import { measured, type GpuWork } from "./gpu-meter.js";
import * as tf from "@tensorflow/tfjs-core";
import * as layersOf from "@tensorflow/tfjs-layers";
import { compile, f32, model, orReject, type Backend } from "svertka";
import { inputShapes, models, type ModelName } from "../../../bench/models.mjs";
import { layers } from "./bench-layers.js";

export type Measured = GpuWork & { readonly milliseconds: number };

export interface Both<A> {
  readonly svertka: A;
  readonly tfjs: A;
}

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

interface Sides {
  readonly svertka: () => Promise<unknown>;
  readonly tfjs: () => Promise<unknown>;
  readonly dispose: () => void;
}

export interface Compare {
  /** A predict of each, warm: the third. */
  readonly warm: (model: ModelName, batch: number) => Promise<Both<Measured>>;
  /** The first predict of each, then one of each in turn, so many times. */
  readonly rounds: (model: ModelName, batch: number, times: number) => Promise<Both<readonly Measured[]>>;
}

/** `name` is TensorFlow.js's for the backend. */
export const compare = ({ backend, name }: { readonly backend: Backend; readonly name: string }): Compare => {
  const open = async (asked: ModelName, batch: number): Promise<Sides> => {
    const shape = [batch, ...inputShapes[asked]];
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 101) / 101);
    const predictor = await orReject(compile(model(models[asked](layers)), { backend }));
    await tf.setBackend(name);
    const theirs = tfjsModel(asked);
    return {
      svertka: () => orReject(predictor.predict(f32(shape, data))),
      tfjs: async () => {
        const x = tf.tensor(data, shape);
        const y = theirs.predict(x) as tf.Tensor; // sound: the model has one output
        await y.data();
        tf.dispose([x, y]);
      },
      dispose: () => {
        predictor.dispose();
        theirs.dispose();
      },
    };
  };
  return {
    warm: async (asked, batch) => {
      const { svertka, tfjs, dispose } = await open(asked, batch);
      for (let warm = 0; warm < 2; warm++) {
        await svertka();
        await tfjs();
      }
      const both = { svertka: await measured(svertka), tfjs: await measured(tfjs) };
      dispose();
      return both;
    },
    rounds: async (asked, batch, times) => {
      const { svertka, tfjs, dispose } = await open(asked, batch);
      const runs = { svertka: [] as Measured[], tfjs: [] as Measured[] };
      for (let time = 0; time <= times; time++) {
        runs.svertka.push(await measured(svertka));
        runs.tfjs.push(await measured(tfjs));
      }
      dispose();
      return runs;
    },
  };
};

/** What svertka's pages do on a fresh GPU: first runs with shaders compiled ahead and not, and runs that no memory holds. */
import { measured, type GpuWork } from "./gpu-meter.js";
import {
  compile,
  conv2d,
  dense,
  f32,
  globalAvgPool2d,
  input,
  model,
  orReject,
  pipe,
  type Backend,
  type KernelDevice,
} from "svertka";
import { models, inputShapes, type ModelName } from "../../../bench/models.mjs";
import { layers } from "./bench-layers.js";

type Measured = GpuWork & { readonly milliseconds: number };

/** The same backend, whose kernels are compiled when they are first called. */
const unprepared = (backend: Backend<KernelDevice>): Backend<KernelDevice> => ({
  ...backend,
  load: async () => {
    const loaded = await backend.load();
    return loaded._tag === "Left" ? loaded : { ...loaded, right: { ...loaded.right, prepare: undefined } };
  },
});

/** A picture of 256 × 256 becomes one of 96 channels: 25 MB for each example. */
const large = model(
  pipe(input([256, 256, 1]), conv2d({ filters: 96, kernelSize: 1 }), globalAvgPool2d, dense({ units: 2 })),
);

export const gpuPage = (backend: Backend<KernelDevice>) => ({
  /** The first predict of a net, its second, and the first of another predictor of the same net. */
  firstRuns: async (name: ModelName, batch: number, ahead: boolean): Promise<readonly Measured[]> => {
    const on = ahead ? backend : unprepared(backend);
    const net = model(models[name](layers));
    const shape = [batch, ...inputShapes[name]];
    const x = f32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5));
    const [one, other] = [await orReject(compile(net, { backend: on })), await orReject(compile(net, { backend: on }))];
    const runs = [];
    for (const predictor of [one, one, other]) runs.push(await measured(() => orReject(predictor.predict(x))));
    one.dispose();
    other.dispose();
    return runs;
  },
  /** A batch that no GPU holds, a batch of one after it, and the buffers that both left. */
  noRoom: async () => {
    const predictor = await orReject(compile(large, { backend }));
    const picture = (count: number) => f32([count, 256, 256, 1], new Float32Array(count * 65536).fill(1));
    await orReject(predictor.predict(picture(1)));
    const before = predictor.device.memory().buffers;
    const tooMany = await predictor.predict(picture(128))();
    const after = predictor.device.memory().buffers;
    const { output } = await orReject(predictor.predict(picture(1)));
    predictor.dispose();
    return { tooMany, one: output?.shape, left: after - before };
  },
  /** A predictor that is disposed of while its shaders are compiled, and two predicts at once. */
  atOnce: async () => {
    const net = model(models.a3(layers));
    const x = f32([1, 28, 28, 1], new Float32Array(784).fill(0.5));
    const [kept, disposed] = [
      await orReject(compile(net, { backend, seed: 1 })),
      await orReject(compile(net, { backend, seed: 1 })),
    ];
    const runs = [kept.predict(x)(), kept.predict(x)(), disposed.predict(x)()];
    disposed.dispose();
    const results = await Promise.all(runs);
    const buffers = kept.device.memory().buffers;
    kept.dispose();
    return {
      results: results.map((run) => (run._tag === "Left" ? run.left.message : [...(run.right["output"]?.data ?? [])])),
      buffers,
      left: kept.device.memory().buffers,
    };
  },
});

export type GpuPage = ReturnType<typeof gpuPage>;

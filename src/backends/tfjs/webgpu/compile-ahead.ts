/** The shaders of a run, compiled before it: all pipelines are asked for at once, and the page goes on meanwhile. */
import { env } from "@tensorflow/tfjs-core";
import { SvertkaFailure } from "../../../errors.js";
import { noRoom } from "../../room.js";
import { inTurns } from "../shader/turns.js";
import { inFrontOf } from "../shader/in-front-of.js";
import type { GpuDevice } from "./gpu.js";
import type { WebgpuBackend } from "./library.js";

type Cache = Record<string, object | Promise<object>>;

/** TensorFlow.js 4.22's cache of pipelines, private in its types; under `compileOnly` it is given promises of them. */
interface Inside {
  pipelineCache: Cache;
}

/** TensorFlow.js's flag: pipelines are asked for but not waited for, and nothing is dispatched. Set within a synchronous part only. */
const compileOnly = "WEBGPU_ENGINE_COMPILE_ONLY";

/** Compiles the shaders that `run` calls and the backend lacks; `run` is called once, its calls compute nothing. See webgl/compile-ahead.ts. */
export const compileAhead = (backend: WebgpuBackend, device: GpuDevice): ((run: () => void) => Promise<void>) => {
  const inside = backend as unknown as Inside; // sound: checked against 4.22.0; test/browser/compile-ahead.browser.ts fails otherwise
  const known = inside.pipelineCache;

  const dryRun = (pending: Cache, run: () => void): void => {
    const onlyBefore = env().getBool(compileOnly);
    inside.pipelineCache = pending;
    env().set(compileOnly, true);
    try {
      run();
    } finally {
      inside.pipelineCache = known;
      env().set(compileOnly, onlyBefore);
    }
  };

  const turn = inTurns();
  return (run) =>
    turn(async () => {
      const pending = inFrontOf(known);
      // The dry run takes every buffer that the run will need.
      device.pushErrorScope("out-of-memory");
      let full: Promise<unknown>;
      try {
        dryRun(pending, run);
      } finally {
        full = device.popErrorScope();
      }
      if ((await full) !== null)
        throw new SvertkaFailure(
          noRoom({ name: "webgpu", where: "on the GPU" }, "its tensors", backend.memory().numBytesAllocatedInGPU),
        );
      const compiled = await Promise.all(
        Object.entries(pending).map(async ([key, pipeline]) => [key, await pipeline] as const),
      );
      // A run of another program may have needed one in the meantime.
      for (const [key, pipeline] of compiled) known[key] ??= pipeline;
    });
};

/**
 * The shaders of a run, compiled before it: all of them are given to the browser at once, which compiles them on its own
 * threads (`KHR_parallel_shader_compile`) while the page goes on.
 */
import { SvertkaFailure } from "../../../errors.js";
import { noRoom } from "../../room.js";
import { inTurns } from "../shader/turns.js";
import { inFrontOf } from "../shader/in-front-of.js";
import { compilingOnly } from "./flags.js";
import type { WebglBackend } from "./library.js";

interface Binary {
  readonly webGLProgram: object;
}
type Cache = Record<string, Binary>;

/** As much of TensorFlow.js 4.22's backend as this takes; some of it is private in its types. */
interface Inside {
  binaryCache: Cache;
  uploadToGPU: (dataId: object) => void;
  readonly checkCompileCompletion: () => void;
  readonly getUniformLocations: () => void;
  readonly gpgpu: {
    readonly gl: {
      readonly OUT_OF_MEMORY: number;
      readonly getError: () => number;
      readonly getProgramParameter: (program: object, what: number) => unknown;
    };
    readonly parallelCompilationExtension: { readonly COMPLETION_STATUS_KHR: number } | null;
    readonly deleteProgram: (program: object) => void;
  };
}

/** Not a frame's time: hidden pages have no frames. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/**
 * Compiles the shaders that `run` calls and the backend lacks. `run` is called once, its calls draw nothing; what is
 * uploaded in it is uploaded for good.
 *
 * A shader under compilation is not in the backend's cache, so that nobody draws with it: it is kept in a cache in front
 * of that one, and moved when it is done. One program is compiled at a time, so that what two of them share is compiled once.
 */
export const compileAhead = (backend: WebglBackend): ((run: () => void) => Promise<void>) => {
  const inside = backend as unknown as Inside; // sound: checked against 4.22.0; test/browser/compile-ahead.browser.ts fails otherwise
  const { gpgpu, uploadToGPU } = inside;
  const known = inside.binaryCache;

  const during = (cache: Cache, only: boolean, run: () => void): void => {
    const before = inside.binaryCache;
    inside.binaryCache = cache;
    try {
      compilingOnly(only, run);
    } finally {
      inside.binaryCache = before;
    }
  };

  const dryRun = (pending: Cache, run: () => void): void => {
    // Uploads take place: what a shader is compiled for depends on whether its inputs are textures.
    inside.uploadToGPU = (dataId) => during(known, false, () => uploadToGPU.call(inside, dataId));
    try {
      during(pending, true, run);
    } finally {
      Reflect.deleteProperty(inside, "uploadToGPU");
    }
  };

  const isCompiled = ({ webGLProgram }: Binary): boolean =>
    gpgpu.parallelCompilationExtension === null ||
    gpgpu.gl.getProgramParameter(webGLProgram, gpgpu.parallelCompilationExtension.COMPLETION_STATUS_KHR) !== false;

  const turn = inTurns();
  return (run) =>
    turn(async () => {
      const pending = inFrontOf(known);
      dryRun(pending, run);
      // The dry run has taken every texture that the run will need; WebGL says only here that it has none.
      if (gpgpu.gl.getError() === gpgpu.gl.OUT_OF_MEMORY)
        throw new SvertkaFailure(
          noRoom({ name: "webgl", where: "on the GPU" }, "its tensors", backend.memory().numBytesInGPUAllocated),
        );
      for (const binary of Object.values(pending)) while (!isCompiled(binary)) await pause();
      during(pending, false, () => {
        inside.checkCompileCompletion();
        inside.getUniformLocations();
      });
      for (const [key, binary] of Object.entries(pending))
        // A run of another program may have needed it in the meantime.
        if (Object.hasOwn(known, key)) gpgpu.deleteProgram(binary.webGLProgram);
        else known[key] = binary;
    });
};

/** The webgpu backend over either door's library: its one instance, its target and its device. */
import type { SvertkaError } from "../../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../../fp.js";
import type { KernelTarget } from "../../../compiler/target.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { withRoom } from "../../room.js";
import { tfjsDevice } from "../device.js";
import { backendLost, watched } from "../lost.js";
import { avoidedOnGpus, preferredOnGpus } from "../shader/preferred.js";
import { tfjsTarget } from "../target.js";
import { compileAhead } from "./compile-ahead.js";
import { openGpu, type Gpu, type OpenGpu } from "./gpu.js";
import { elementwiseSource } from "./kernels/elementwise.js";
import { webgpuKernels } from "./kernels/index.js";
import type { WebgpuBackend, WebgpuLibrary } from "./library.js";

const name = "webgpu";

export const webgpuTarget = (): KernelTarget =>
  tfjsTarget({
    name,
    ownKernels: Object.keys(webgpuKernels),
    preferred: preferredOnGpus(),
    avoids: avoidedOnGpus,
    // Adapters promise eight storage buffers in a shader; the result is one.
    formulaInputs: 7,
  });

interface Instance extends OpenGpu {
  readonly backend: WebgpuBackend;
  readonly prepare: KernelDevice["prepare"];
}

/** Where a door gets WebGPU and TensorFlow.js's backend from. */
export interface WebgpuSources {
  readonly gpu: TaskEither<SvertkaError, Gpu>;
  readonly library: TaskEither<SvertkaError, WebgpuLibrary>;
  /** Runs `make` while `navigator.gpu` is there: TensorFlow.js's constructor looks for it even where the device is given. */
  readonly withNavigator: <A>(gpu: Gpu, make: () => A) => A;
}

const makeInstance = async ({
  gpu,
  library,
  withNavigator,
}: WebgpuSources): Promise<Either<SvertkaError, Instance>> => {
  const [entry, tfjs] = [await gpu(), await library()];
  if (E.isLeft(entry)) return entry;
  if (E.isLeft(tfjs)) return tfjs;
  const { WebGPUBackend } = tfjs.right;
  return pipe(
    await openGpu(entry.right),
    E.map((open) => {
      const backend = withNavigator(
        entry.right,
        // Sound: what WebGPU gave; this project's compiler settings lack its types.
        () => new WebGPUBackend(open.device as never, open.info as never),
      );
      return { ...open, backend, prepare: compileAhead(backend, open.device) };
    }),
  );
};

const deviceOf = ({ device, backend, watch, prepare }: Instance): KernelDevice =>
  watched(
    {
      ...withRoom(
        tfjsDevice({
          name,
          backend,
          target: webgpuTarget(),
          ownKernels: Object.fromEntries(
            Object.entries(webgpuKernels).map(([kernel, make]) => [kernel, make(backend)]),
          ),
          sources: { elementwise: elementwiseSource },
          memory: () => ({ buffers: backend.numDataIds(), bytes: backend.memory().numBytesAllocatedInGPU }),
        }),
        {
          name,
          where: "on the GPU",
          largest: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
        },
      ),
      prepare,
    },
    watch,
    backendLost(name, "GPU device"),
  );

/** The backend that all models of a process or page share, so that no shader is compiled twice; after a loss a new one is made. */
export const sharedWebgpu = (sources: WebgpuSources): Backend<KernelDevice> => {
  let shared: Promise<Either<SvertkaError, Instance>> | undefined;
  const load = async (): Promise<Either<SvertkaError, Instance>> => {
    shared ??= makeInstance(sources);
    const made = await shared;
    if (E.isRight(made) && !made.right.watch.isLost()) return made;
    // A failure, and a loss, may be tried again.
    shared = undefined;
    return E.isLeft(made) ? made : load();
  };
  return {
    name,
    description: "TensorFlow.js shaders on WebGPU, and svertka's own: in browsers, and in Node by the package webgpu",
    load: pipe(load, TE.map(deviceOf)),
  };
};

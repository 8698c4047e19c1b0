/** The webgl backend over either door's library: instances, target and device. */
import { env } from "@tensorflow/tfjs-core";
import type { SvertkaError } from "../../../errors.js";
import { E, TE, pipe, type Either } from "../../../fp.js";
import type { Attributes } from "../../../compiler/ir/graph.js";
import type { KernelTarget } from "../../../compiler/target.js";
import { avgPool2dOperator } from "../../../ops/avg-pool2d.js";
import { maxPool2dOperator } from "../../../ops/max-pool2d.js";
import type { KernelCall, KernelRequest, Operator } from "../../../ops/operator.js";
import type { PoolAttributes } from "../../../ops/pooling.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { withRoom } from "../../room.js";
import { tfjsDevice } from "../device.js";
import { backendLost, watched } from "../lost.js";
import { avoidedOnGpus, preferredOnGpus } from "../shader/preferred.js";
import { ownCall, tfjsTarget } from "../target.js";
import { compileAhead } from "./compile-ahead.js";
import { createContext, type Canvas, type WebglContext } from "./context.js";
import { elementwiseSource } from "./kernels/elementwise.js";
import { webglKernels } from "./kernels/index.js";
import type { WebglBackend, WebglLibrary } from "./library.js";

const name = "webgl";

/** A pool that TensorFlow.js has a kernel for: each of its windows holds a cell. */
const ownPool =
  (operator: Operator<PoolAttributes>) =>
  (request: KernelRequest<Attributes>): KernelCall | undefined =>
    // Sound: the request is the operator's own, with its attributes.
    operator.kernel?.(request as KernelRequest<PoolAttributes>) === undefined
      ? undefined
      : ownCall(operator.name)(request);

/** What svertka's shaders do with fewer draws, or fewer bytes in a page, than TensorFlow.js's. */
const ownShaders = {
  argMax: ownCall("argMax"),
  cast: ownCall("cast"),
  avgPool2d: ownPool(avgPool2dOperator),
  maxPool2d: ownPool(maxPool2dOperator),
} as const;

export const webglTarget = (): KernelTarget =>
  tfjsTarget({
    name,
    ownKernels: Object.keys(webglKernels),
    preferred: { ...preferredOnGpus(), ...ownShaders },
    avoids: avoidedOnGpus,
    // WebGL 2 promises sixteen textures in a shader.
    formulaInputs: 16,
  });

interface Instance extends WebglContext {
  readonly backend: WebglBackend;
  readonly prepare: KernelDevice["prepare"];
}

const makeInstance = (
  { MathBackendWebGL, GPGPUContext }: WebglLibrary,
  canvas: Canvas | undefined,
): Either<SvertkaError, Instance> =>
  pipe(
    createContext(canvas),
    E.map((context) => {
      const backend = new MathBackendWebGL(new GPGPUContext(context.gl));
      return { ...context, backend, prepare: compileAhead(backend) };
    }),
  );

/** Packed textures hold four numbers a texel, of four bytes each. */
const largestTensor = (): number => 16 * env().getNumber("WEBGL_MAX_TEXTURE_SIZE") ** 2;

/** What TensorFlow.js throws for a texture, packed or not, that is larger than WebGL allows. */
const isTooLarge = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.message.startsWith("Requested texture size");

const deviceOf = ({ backend, watch, prepare }: Instance): KernelDevice =>
  watched(
    {
      ...withRoom(
        tfjsDevice({
          name,
          backend,
          target: webglTarget(),
          ownKernels: Object.fromEntries(Object.entries(webglKernels).map(([kernel, make]) => [kernel, make(backend)])),
          sources: { elementwise: elementwiseSource },
          memory: () => ({ buffers: backend.numDataIds(), bytes: backend.memory().numBytesInGPUAllocated }),
        }),
        { name, where: "on the GPU", largest: largestTensor(), isFull: isTooLarge },
      ),
      prepare,
    },
    watch,
    backendLost(name, "WebGL context"),
  );

export interface WebglOptions {
  /** A canvas (on or off the screen) to take the context of; else one of its own is made. */
  readonly canvas?: Canvas | undefined;
}

const described = {
  name,
  description: "TensorFlow.js shaders on WebGL 2, and svertka's own, in browsers",
} as const;

/** The backend that all of a page's models share, so that no shader is compiled twice; after a loss a new one is made. */
export const sharedWebgl = (library: WebglLibrary): Backend<KernelDevice> => {
  let shared: Instance | undefined;
  return {
    ...described,
    load: () => {
      if (shared === undefined || shared.watch.isLost()) {
        const made = makeInstance(library, undefined);
        if (E.isLeft(made)) return Promise.resolve(made);
        shared = made.right;
      }
      return Promise.resolve(E.right(deviceOf(shared)));
    },
  };
};

/** A backend of its own for a canvas. */
export const ownWebgl =
  (library: WebglLibrary) =>
  ({ canvas }: WebglOptions = {}): Backend<KernelDevice> => ({
    ...described,
    load: pipe(
      TE.fromIO(() => makeInstance(library, canvas)),
      TE.chain((made) => TE.fromEither(pipe(made, E.map(deviceOf)))),
    ),
  });

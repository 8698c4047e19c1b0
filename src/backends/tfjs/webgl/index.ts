/** `svertka/webgl`: the backend for browsers' WebGL 2, over the whole package of TensorFlow.js. Bundles for browsers take browser.ts instead. */
import { GPGPUContext, MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import type { Backend, KernelDevice } from "../../backend.js";
import { ownWebgl, sharedWebgl, type WebglOptions } from "./backend.js";

const library = { MathBackendWebGL, GPGPUContext };

export type { WebglOptions } from "./backend.js";
export type { Canvas } from "./context.js";

/**
 * WebGL 2 with 32-bit floats, on one context that all models of the page share.
 *
 * Errors  BackendMissing where there is no WebGL 2 or no float32 rendering (and in Node); BackendLost when the browser
 *         takes the context away: compile again, from the last weights.
 */
export const webgl: Backend<KernelDevice> = sharedWebgl(library);

/** The same with options: a context of its own, on a canvas of yours if you give one. Each load makes another. */
export const webglWith = (options: WebglOptions): Backend<KernelDevice> => ownWebgl(library)(options);

/** What the webgl backend takes from TensorFlow.js; two doors give it: the package's main, and a bundle's choice of kernels. */
import type { GPGPUContext, MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";

export type WebglBackend = MathBackendWebGL;

export interface WebglLibrary {
  readonly MathBackendWebGL: typeof MathBackendWebGL;
  readonly GPGPUContext: typeof GPGPUContext;
}

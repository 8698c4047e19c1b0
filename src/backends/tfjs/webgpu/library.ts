/** What the webgpu backend takes from TensorFlow.js; two doors give it: the package's main, and a bundle's choice of kernels. */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

export type WebgpuBackend = WebGPUBackend;

export interface WebgpuLibrary {
  readonly WebGPUBackend: typeof WebGPUBackend;
}

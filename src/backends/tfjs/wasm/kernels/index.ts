/** The own kernels by name: what the capability table of the wasm backend adds to those of TensorFlow.js. */
import { elementwise } from "./elementwise.js";
import type { OwnKernel } from "./kernel.js";

const all: readonly OwnKernel[] = [elementwise];

export const wasmKernels: Readonly<Record<string, OwnKernel>> = Object.fromEntries(
  all.map((kernel) => [kernel.name, kernel]),
);

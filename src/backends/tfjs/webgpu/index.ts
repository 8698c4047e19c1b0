/** `svertka/webgpu`: the backend for GPUs without CUDA, in Node (by the package `webgpu`) and in browsers. Bundles for browsers take browser.ts instead. */
import { TE } from "../../../fp.js";
import { mistake } from "../../../errors.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { sharedWebgpu } from "./backend.js";
import { nodeGpu, withNavigator } from "./node-gpu.js";

/**
 * WebGPU: Vulkan, Metal or Direct3D 12, on one device that all models of the process share.
 *
 * Errors  BackendMissing without the packages `webgpu` and `@tensorflow/tfjs-backend-webgpu` (both optional peers), or
 *         without an adapter; BackendLost when the device goes: compile again, from the last weights.
 */
export const webgpu: Backend<KernelDevice> = sharedWebgpu({
  gpu: nodeGpu,
  library: TE.tryCatch(
    () => import("@tensorflow/tfjs-backend-webgpu"),
    () =>
      mistake(
        "BackendMissing",
        "webgpu",
        "webgpu: the package @tensorflow/tfjs-backend-webgpu is not here: npm install @tensorflow/tfjs-backend-webgpu webgpu",
      ),
  ),
  withNavigator,
});

/** A GPU device from an entry of WebGPU, the browser's or Node's, and when it is lost. */
import { fail, mistake, type SvertkaError } from "../../../errors.js";
import { E, type Either } from "../../../fp.js";
import type { Watch } from "../lost.js";

/** As much of WebGPU as is used here; its types are not part of the compiler's settings. */
export interface Gpu {
  readonly requestAdapter: (options: object) => Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  readonly limits: Readonly<Record<string, number>>;
  readonly info?: GpuAdapterInfo;
  readonly requestDevice: (descriptor: object) => Promise<GpuDevice>;
}
export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
}
export interface GpuDevice {
  readonly lost: Promise<unknown>;
  readonly destroy: () => void;
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
  readonly pushErrorScope: (filter: "out-of-memory") => void;
  readonly popErrorScope: () => Promise<unknown>;
}

export interface OpenGpu {
  readonly device: GpuDevice;
  readonly info: GpuAdapterInfo | undefined;
  readonly watch: Watch;
}

/** What TensorFlow.js's shaders may need more of than WebGPU guarantees. */
const limits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** The fastest adapter's device. */
export const openGpu = async (gpu: Gpu): Promise<Either<SvertkaError, OpenGpu>> => {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null)
    return fail(
      "BackendMissing",
      "webgpu",
      "webgpu: no GPU adapter was found: install the GPU's Vulkan, Metal or Direct3D 12 driver, or use svertka/wasm",
    );
  try {
    const device = await adapter.requestDevice({
      requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
    });
    let isLost = false;
    const lost = device.lost.then(() => {
      isLost = true;
    });
    return E.right({ device, info: adapter.info, watch: { isLost: () => isLost, lost } });
  } catch (error) {
    return E.left(
      mistake(
        "BackendMissing",
        "webgpu",
        `webgpu: the GPU gives no device (${String(error).slice(0, 80)}): update its driver, or use svertka/wasm`,
      ),
    );
  }
};

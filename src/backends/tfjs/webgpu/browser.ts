/** `svertka/webgpu` in bundles for browsers: the same backend over `navigator.gpu` and just the shaders that programs can call. */
import { registerKernel } from "@tensorflow/tfjs-core";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js";
import { argMaxConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/ArgMax.js";
import { avgPoolConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/AvgPool.js";
import { castConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Cast.js";
import { concatConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Concat.js";
import { conv2DConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Conv2D.js";
import { conv2DBackpropFilterConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Conv2DBackpropFilter.js";
import { conv2DBackpropInputConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Conv2DBackpropInput.js";
import { depthwiseConv2dNativeConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/DepthwiseConv2dNative.js";
import { depthwiseConv2dNativeBackpropFilterConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/DepthwiseConv2dNativeBackpropFilter.js";
import { depthwiseConv2dNativeBackpropInputConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/DepthwiseConv2dNativeBackpropInput.js";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/FusedConv2D.js";
import { fusedDepthwiseConv2DConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/FusedDepthwiseConv2D.js";
import { maxConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Max.js";
import { maxPoolConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/MaxPool.js";
import { meanConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Mean.js";
import { padV2Config } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/PadV2.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Reshape.js";
import { reverseConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Reverse.js";
import { sliceConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Slice.js";
import { sumConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Sum.js";
import { transformConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Transform.js";
import { transposeConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Transpose.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/_FusedMatMul.js";
import { mistake } from "../../../errors.js";
import { TE } from "../../../fp.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { sharedWebgpu } from "./backend.js";
import type { Gpu } from "./gpu.js";

for (const config of [
  argMaxConfig,
  avgPoolConfig,
  castConfig,
  concatConfig,
  conv2DConfig,
  conv2DBackpropFilterConfig,
  conv2DBackpropInputConfig,
  depthwiseConv2dNativeConfig,
  depthwiseConv2dNativeBackpropFilterConfig,
  depthwiseConv2dNativeBackpropInputConfig,
  fusedConv2DConfig,
  fusedDepthwiseConv2DConfig,
  maxConfig,
  maxPoolConfig,
  meanConfig,
  padV2Config,
  reshapeConfig,
  reverseConfig,
  sliceConfig,
  sumConfig,
  transformConfig,
  transposeConfig,
  _fusedMatMulConfig,
])
  registerKernel(config);

interface Page {
  readonly navigator?: { readonly gpu?: Gpu };
}

const pageGpu = (): Gpu | undefined => {
  const { navigator }: Page & typeof globalThis = globalThis;
  return navigator?.gpu;
};

const missing = mistake(
  "BackendMissing",
  "webgpu",
  "webgpu: this page has no WebGPU (it takes a browser that has it, and https or localhost): use svertka/webgl or svertka/wasm",
);

/** See index.ts. */
export const webgpu: Backend<KernelDevice> = sharedWebgpu({
  gpu: () => TE.fromNullable(missing)(pageGpu())(),
  library: TE.right({ WebGPUBackend }),
  withNavigator: (_gpu, make) => make(),
});

/** `svertka/webgl` in bundles for browsers: the same backend over just the shaders that programs can call. */
import { registerKernel } from "@tensorflow/tfjs-core";
import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js";
import { GPGPUContext } from "@tensorflow/tfjs-backend-webgl/dist/gpgpu_context.js";
import { concatConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js";
import { conv2DConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Conv2D.js";
import { conv2DBackpropFilterConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Conv2DBackpropFilter.js";
import { conv2DBackpropInputConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Conv2DBackpropInput.js";
import { depthwiseConv2dNativeConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/DepthwiseConv2dNative.js";
import { depthwiseConv2dNativeBackpropFilterConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/DepthwiseConv2dNativeBackpropFilter.js";
import { depthwiseConv2dNativeBackpropInputConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/DepthwiseConv2dNativeBackpropInput.js";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/FusedConv2D.js";
import { fusedDepthwiseConv2DConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/FusedDepthwiseConv2D.js";
import { maxConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Max.js";
import { meanConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Mean.js";
import { padV2Config } from "@tensorflow/tfjs-backend-webgl/dist/kernels/PadV2.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js";
import { reverseConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Reverse.js";
import { sliceConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Slice.js";
import { sumConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Sum.js";
import { transformConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Transform.js";
import { transposeConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Transpose.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/_FusedMatMul.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { ownWebgl, sharedWebgl, type WebglOptions } from "./backend.js";

export type { WebglOptions } from "./backend.js";
export type { Canvas } from "./context.js";

for (const config of [
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

const library = { MathBackendWebGL, GPGPUContext };

/** See index.ts. */
export const webgl: Backend<KernelDevice> = sharedWebgl(library);

/** See index.ts. */
export const webglWith = (options: WebglOptions): Backend<KernelDevice> => ownWebgl(library)(options);

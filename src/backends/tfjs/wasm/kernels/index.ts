/** The own kernels by name: what the capability table of the wasm backend adds to those of TensorFlow.js. */
import { avgPool2dGradient } from "./avg-pool-2d-gradient.js";
import { conv2d } from "./conv-2d.js";
import { conv2dFilterGradient } from "./conv-2d-filter-gradient.js";
import { packFilter } from "./convolution/pack-filter.js";
import { elementwiseJoint } from "./elementwise-joint.js";
import { dilatePad } from "./dilate-pad.js";
import { elementwise } from "./elementwise.js";
import type { OwnKernel } from "./kernel.js";
import { matMul } from "./mat-mul.js";
import { maxPool2d } from "./max-pool-2d.js";
import { maxPool2dGradient } from "./max-pool-2d-gradient.js";
import type { JointKernel } from "./joint-kernel.js";
import { projectiveTransform } from "./projective-transform.js";
import { reduceFormula } from "./reduce-formula.js";
import { product } from "./product.js";
import { reduceJoint } from "./reduce-joint.js";
import { reduceSumLeading } from "./reduce-sum-leading.js";
import { threefryUniform } from "./threefry-uniform.js";
import { transpose } from "./transpose.js";
import { transpose2d } from "./transpose-2d.js";

const all: readonly OwnKernel[] = [
  elementwise,
  conv2d,
  packFilter,
  product,
  maxPool2d,
  maxPool2dGradient,
  avgPool2dGradient,
  conv2dFilterGradient,
  reduceFormula,
  reduceSumLeading,
  matMul,
  transpose,
  transpose2d,
  dilatePad,
  threefryUniform,
  projectiveTransform,
];

export const wasmKernels: Readonly<Record<string, OwnKernel>> = Object.fromEntries(
  all.map((kernel) => [kernel.name, kernel]),
);

/** The kernels with several results. */
export const wasmJointKernels: Readonly<Record<string, JointKernel>> = Object.fromEntries(
  [elementwiseJoint, reduceJoint].map((kernel) => [kernel.name, kernel]),
);

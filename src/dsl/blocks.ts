/** Blocks of well-known networks, as layers: generic over shapes and filters, so that result types stay exact. */
export { basicBlock, type BasicBlock } from "./blocks/basic-block.js";
export { bottleneckBlock, type BottleneckBlock } from "./blocks/bottleneck-block.js";
export { denseBlock, type DenseBlock } from "./blocks/dense-block.js";
export { inceptionBlock, type InceptionBlock } from "./blocks/inception-block.js";
export { invertedResidual, type InvertedResidual } from "./blocks/inverted-residual.js";
export { squeezeExcite, type SqueezeExcite } from "./blocks/squeeze-excite.js";
export { uNetStep, type UNetStep } from "./blocks/u-net-step.js";

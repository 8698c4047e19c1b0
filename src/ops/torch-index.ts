/** How PyTorch keeps the weights of each layer, from the layers' own files; only who reads its files carries this list. */
export { conv1dTorch } from "./conv1d.js";
export { conv2dTorch } from "./conv2d.js";
export { conv3dTorch } from "./conv3d.js";
export { conv1dTransposeTorch } from "./conv1d-transpose.js";
export { conv2dTransposeTorch } from "./conv2d-transpose.js";
export { conv3dTransposeTorch } from "./conv3d-transpose.js";
export { depthwiseConv1dTorch } from "./depthwise-conv1d.js";
export { depthwiseConv2dTorch } from "./depthwise-conv2d.js";
export { denseTorch } from "./dense.js";
export { batchNormalizationTorch } from "./batch-normalization.js";
export { layerNormalizationTorch } from "./layer-normalization.js";
export { groupNormalizationTorch } from "./group-normalization.js";
export { instanceNormalizationTorch } from "./instance-normalization.js";
export { preluTorch } from "./prelu.js";
export { separableConv1dTorch } from "./separable-conv1d.js";
export { separableConv2dTorch } from "./separable-conv2d.js";

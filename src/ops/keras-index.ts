/** The Keras mappings, one line a layer; operations of `keras.ops` are in keras-operations.ts. */
export { adaptiveAvgPool1dKeras } from "./adaptive-avg-pool1d.js";
export { adaptiveAvgPool2dKeras } from "./adaptive-avg-pool2d.js";
export { adaptiveAvgPool3dKeras } from "./adaptive-avg-pool3d.js";
export { adaptiveMaxPool1dKeras } from "./adaptive-max-pool1d.js";
export { adaptiveMaxPool2dKeras } from "./adaptive-max-pool2d.js";
export { adaptiveMaxPool3dKeras } from "./adaptive-max-pool3d.js";
export { addKeras } from "./add.js";
export { averageKeras } from "./average.js";
export { avgPool1dKeras } from "./avg-pool1d.js";
export { avgPool2dKeras } from "./avg-pool2d.js";
export { avgPool3dKeras } from "./avg-pool3d.js";
export { batchNormalizationKeras } from "./batch-normalization.js";
export { centerCropKeras } from "./center-crop.js";
export { concatenateKeras } from "./concatenate.js";
export { conv1dTransposeKeras } from "./conv1d-transpose.js";
export { conv1dKeras } from "./conv1d.js";
export { conv2dTransposeKeras } from "./conv2d-transpose.js";
export { conv2dKeras } from "./conv2d.js";
export { conv3dTransposeKeras } from "./conv3d-transpose.js";
export { conv3dKeras } from "./conv3d.js";
export { cropping1dKeras } from "./cropping1d.js";
export { cropping2dKeras } from "./cropping2d.js";
export { cropping3dKeras } from "./cropping3d.js";
export { denseKeras } from "./dense.js";
export { depthwiseConv1dKeras } from "./depthwise-conv1d.js";
export { depthwiseConv2dKeras } from "./depthwise-conv2d.js";
export { dropoutKeras } from "./dropout.js";
export { eluKeras } from "./elu.js";
export { flattenKeras } from "./flatten.js";
export { gaussianDropoutKeras } from "./gaussian-dropout.js";
export { gaussianNoiseKeras } from "./gaussian-noise.js";
export { globalAvgPool1dKeras } from "./global-avg-pool1d.js";
export { globalAvgPool2dKeras } from "./global-avg-pool2d.js";
export { globalAvgPool3dKeras } from "./global-avg-pool3d.js";
export { globalMaxPool1dKeras } from "./global-max-pool1d.js";
export { globalMaxPool2dKeras } from "./global-max-pool2d.js";
export { globalMaxPool3dKeras } from "./global-max-pool3d.js";
export { groupNormalizationKeras } from "./group-normalization.js";
export { instanceNormalizationKeras } from "./instance-normalization.js";
export { layerNormalizationKeras } from "./layer-normalization.js";
export { leakyReluKeras } from "./leaky-relu.js";
export { localResponseNormalizationKeras } from "./local-response-normalization.js";
export { maxPool1dKeras } from "./max-pool1d.js";
export { maxPool2dKeras } from "./max-pool2d.js";
export { maxPool3dKeras } from "./max-pool3d.js";
export { maximumKeras } from "./maximum.js";
export { maxoutKeras } from "./maxout.js";
export { minimumKeras } from "./minimum.js";
export { multiplyKeras } from "./multiply.js";
export { permuteKeras } from "./permute.js";
export { preluKeras } from "./prelu.js";
export { randomBrightnessKeras } from "./random-brightness.js";
export { randomContrastKeras } from "./random-contrast.js";
export { randomCropKeras } from "./random-crop.js";
export { randomErasingKeras } from "./random-erasing.js";
export { randomFlipKeras } from "./random-flip.js";
export { randomHueKeras } from "./random-hue.js";
export { randomRotationKeras } from "./random-rotation.js";
export { randomSaturationKeras } from "./random-saturation.js";
export { randomShearKeras } from "./random-shear.js";
export { randomTranslationKeras } from "./random-translation.js";
export { randomZoomKeras } from "./random-zoom.js";
export { reluKeras } from "./relu.js";
export { reshapeKeras } from "./reshape.js";
export { separableConv1dKeras } from "./separable-conv1d.js";
export { separableConv2dKeras } from "./separable-conv2d.js";
export { softmaxKeras } from "./softmax.js";
export { spatialDropout1dKeras } from "./spatial-dropout1d.js";
export { spatialDropout2dKeras } from "./spatial-dropout2d.js";
export { spatialDropout3dKeras } from "./spatial-dropout3d.js";
export { subtractKeras } from "./subtract.js";
export { sumPool1dKeras } from "./sum-pool1d.js";
export { sumPool2dKeras } from "./sum-pool2d.js";
export { sumPool3dKeras } from "./sum-pool3d.js";
export { upSampling1dKeras } from "./up-sampling1d.js";
export { upSampling2dKeras } from "./up-sampling2d.js";
export { upSampling3dKeras } from "./up-sampling3d.js";
export { zeroPadding1dKeras } from "./zero-padding1d.js";
export { zeroPadding2dKeras } from "./zero-padding2d.js";
export { zeroPadding3dKeras } from "./zero-padding3d.js";
export { activationKeras } from "./keras-activation.js";
export {
  activityRegularizationKeras,
  einsumDenseKeras,
  identityKeras,
  layerScaleKeras,
  normalizationKeras,
  repeatVectorKeras,
  rescalingKeras,
} from "./keras-layers.js";

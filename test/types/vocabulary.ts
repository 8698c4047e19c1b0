/** The DSL as the nets and generated files of the type tests import it. */
export { flow, pipe } from "fp-ts/lib/function.js";
export {
  basicBlock,
  bottleneckBlock,
  denseBlock,
  inceptionBlock,
  invertedResidual,
  squeezeExcite,
  uNetStep,
} from "../../src/dsl/blocks.js";
export { chain } from "../../src/dsl/chain.js";
export type { Expr, ShapeOf } from "../../src/dsl/expr.js";
export { frozen } from "../../src/dsl/frozen.js";
export { input } from "../../src/dsl/input.js";
export type { AnyLayer, Apply, Layer } from "../../src/dsl/layer.js";
export { model, type Model } from "../../src/dsl/model.js";
export { named } from "../../src/dsl/named.js";
export type { AnyParams, Params } from "../../src/dsl/params.js";
export type { Probabilities } from "../../src/dsl/probabilities.js";
export { residual, residualOf } from "../../src/dsl/residual.js";
export { sequential, type Sequential } from "../../src/dsl/sequential.js";
export { share } from "../../src/dsl/share.js";
export { strict, type Strict } from "../../src/dsl/strict.js";
export { activation } from "../../src/ops/activation.js";
export { adaptiveAvgPool1d } from "../../src/ops/adaptive-avg-pool1d.js";
export { adaptiveAvgPool2d } from "../../src/ops/adaptive-avg-pool2d.js";
export { adaptiveAvgPool3d } from "../../src/ops/adaptive-avg-pool3d.js";
export { adaptiveMaxPool1d } from "../../src/ops/adaptive-max-pool1d.js";
export { adaptiveMaxPool2d } from "../../src/ops/adaptive-max-pool2d.js";
export { adaptiveMaxPool3d } from "../../src/ops/adaptive-max-pool3d.js";
export { add, addOf } from "../../src/ops/add.js";
export { average, averageOf } from "../../src/ops/average.js";
export { avgPool1d } from "../../src/ops/avg-pool1d.js";
export { avgPool2d } from "../../src/ops/avg-pool2d.js";
export { avgPool3d } from "../../src/ops/avg-pool3d.js";
export { batchNormalization } from "../../src/ops/batch-normalization.js";
export { centerCrop } from "../../src/ops/center-crop.js";
export { concatenate } from "../../src/ops/concatenate.js";
export { conv1dTranspose } from "../../src/ops/conv1d-transpose.js";
export { conv1d } from "../../src/ops/conv1d.js";
export { conv2dTranspose } from "../../src/ops/conv2d-transpose.js";
export { conv2d } from "../../src/ops/conv2d.js";
export { conv3dTranspose } from "../../src/ops/conv3d-transpose.js";
export { conv3d } from "../../src/ops/conv3d.js";
export { cropping1d } from "../../src/ops/cropping1d.js";
export { cropping2d } from "../../src/ops/cropping2d.js";
export { cropping3d } from "../../src/ops/cropping3d.js";
export { dense, type Dense } from "../../src/ops/dense.js";
export { depthwiseConv1d } from "../../src/ops/depthwise-conv1d.js";
export { depthwiseConv2d } from "../../src/ops/depthwise-conv2d.js";
export { dropout } from "../../src/ops/dropout.js";
export { elu } from "../../src/ops/elu.js";
export { flatten } from "../../src/ops/flatten.js";
export { gaussianDropout } from "../../src/ops/gaussian-dropout.js";
export { gaussianNoise } from "../../src/ops/gaussian-noise.js";
export { gelu } from "../../src/ops/gelu.js";
export { globalAvgPool1d } from "../../src/ops/global-avg-pool1d.js";
export { globalAvgPool2d } from "../../src/ops/global-avg-pool2d.js";
export { globalAvgPool3d } from "../../src/ops/global-avg-pool3d.js";
export { globalMaxPool1d } from "../../src/ops/global-max-pool1d.js";
export { globalMaxPool2d } from "../../src/ops/global-max-pool2d.js";
export { globalMaxPool3d } from "../../src/ops/global-max-pool3d.js";
export { groupNormalization } from "../../src/ops/group-normalization.js";
export { hardSigmoid } from "../../src/ops/hard-sigmoid.js";
export { hardSwish } from "../../src/ops/hard-swish.js";
export { instanceNormalization } from "../../src/ops/instance-normalization.js";
export { layerNormalization } from "../../src/ops/layer-normalization.js";
export { leakyRelu } from "../../src/ops/leaky-relu.js";
export { localResponseNormalization } from "../../src/ops/local-response-normalization.js";
export { logSoftmax } from "../../src/ops/log-softmax.js";
export { maxPool1d } from "../../src/ops/max-pool1d.js";
export { maxPool2d } from "../../src/ops/max-pool2d.js";
export { maxPool3d } from "../../src/ops/max-pool3d.js";
export { maximum, maximumOf } from "../../src/ops/maximum.js";
export { maxout } from "../../src/ops/maxout.js";
export { minimum, minimumOf } from "../../src/ops/minimum.js";
export { mish } from "../../src/ops/mish.js";
export { multiply } from "../../src/ops/multiply.js";
export { permute } from "../../src/ops/permute.js";
export { prelu } from "../../src/ops/prelu.js";
export { randomBrightness } from "../../src/ops/random-brightness.js";
export { randomContrast } from "../../src/ops/random-contrast.js";
export { randomCrop } from "../../src/ops/random-crop.js";
export { randomErasing } from "../../src/ops/random-erasing.js";
export { randomFlip } from "../../src/ops/random-flip.js";
export { randomHue } from "../../src/ops/random-hue.js";
export { randomRotation } from "../../src/ops/random-rotation.js";
export { randomSaturation } from "../../src/ops/random-saturation.js";
export { randomShear } from "../../src/ops/random-shear.js";
export { randomTranslation } from "../../src/ops/random-translation.js";
export { randomZoom } from "../../src/ops/random-zoom.js";
export { relu } from "../../src/ops/relu.js";
export { relu6 } from "../../src/ops/relu6.js";
export { reshape } from "../../src/ops/reshape.js";
export { selu } from "../../src/ops/selu.js";
export { separableConv1d } from "../../src/ops/separable-conv1d.js";
export { separableConv2d } from "../../src/ops/separable-conv2d.js";
export { sigmoid } from "../../src/ops/sigmoid.js";
export { silu } from "../../src/ops/silu.js";
export { softmax, type Softmax } from "../../src/ops/softmax.js";
export { softplus } from "../../src/ops/softplus.js";
export { spatialDropout1d } from "../../src/ops/spatial-dropout1d.js";
export { spatialDropout2d } from "../../src/ops/spatial-dropout2d.js";
export { spatialDropout3d } from "../../src/ops/spatial-dropout3d.js";
export { subtract, subtractOf } from "../../src/ops/subtract.js";
export { sumPool1d } from "../../src/ops/sum-pool1d.js";
export { sumPool2d } from "../../src/ops/sum-pool2d.js";
export { sumPool3d } from "../../src/ops/sum-pool3d.js";
export { tanh } from "../../src/ops/tanh.js";
export { upSampling1d } from "../../src/ops/up-sampling1d.js";
export { upSampling2d } from "../../src/ops/up-sampling2d.js";
export { upSampling3d } from "../../src/ops/up-sampling3d.js";
export { zeroPadding1d } from "../../src/ops/zero-padding1d.js";
export { zeroPadding2d } from "../../src/ops/zero-padding2d.js";
export { zeroPadding3d } from "../../src/ops/zero-padding3d.js";
export type { Dim, Shape, ShapeError } from "../../src/shape/shape.js";

/** Whether two types are the same, not only assignable. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only for `true`. */
export type Holds<T extends true> = T;

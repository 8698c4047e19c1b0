/** Augmentation as maps of examples and batches: one line a maker. */
export { cutmix } from "./cutmix.js";
export { centerCrop, randomCrop, type CropOptions, type RandomCropOptions } from "./crops.js";
export type { MixMap } from "./mixed-batch.js";
export { mixup } from "./mixup.js";
export { oneHotLabels, type OneHotMap } from "./one-hot-labels.js";
export type { CropMap, ImageMap } from "./picture-map.js";
export { randAugment, type RandAugmentOptions } from "./rand-augment.js";
export { randomBrightness, type RandomBrightnessOptions } from "./random-brightness.js";
export { randomContrast, type RandomContrastOptions } from "./random-contrast.js";
export { randomErasing, type RandomErasingOptions } from "./random-erasing.js";
export { randomFlip } from "./random-flip.js";
export { randomHue, type RandomHueOptions } from "./random-hue.js";
export { randomRotation, type RandomRotationOptions } from "./random-rotation.js";
export { randomSaturation, type RandomSaturationOptions } from "./random-saturation.js";
export { randomShear, type RandomShearOptions } from "./random-shear.js";
export { randomTranslation, type RandomTranslationOptions } from "./random-translation.js";
export { randomZoom, type RandomZoomOptions } from "./random-zoom.js";

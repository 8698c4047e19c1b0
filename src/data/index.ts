/** Data as values: arrays, IDX files, labelled images. Free of Node; files are read in `svertka/data/node`. */
export * from "./augment/index.js";
export { fashionMnistClassNames, idxFileNames } from "./fashion-mnist.js";
export { gunzipIfNeeded, LARGEST_UNPACKED } from "./gzip.js";
export { readIdx } from "./idx.js";
export {
  imageClassification,
  splitAt,
  take,
  type ImageClassificationOptions,
  type LabelledImages,
} from "./labelled-images.js";
export {
  checkFinite,
  f32,
  i32,
  indicesOf,
  sizeOf,
  u8,
  zeros,
  type DataOf,
  type Dtype,
  type NdArray,
} from "./nd-array.js";
export { gatherRows, sliceRows } from "./rows.js";

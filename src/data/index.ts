/** Data as values: arrays, data sets and what is made of them, readers of formats. Free of Node; files are read in `svertka/data/node`. */
export * from "./augment/index.js";
export { cifar10ClassNames } from "./cifar.js";
export { readCsv, type CsvLabels, type CsvOptions } from "./csv.js";
export {
  isDataset,
  type AnyDataset,
  type Batches,
  type ClassesOf,
  type Dataset,
  type Epoch,
  type Example,
  type ExampleBatch,
  type Image,
  type Indexed,
  type Label,
  type OneHot,
  type Place,
  type Plan,
  type Reader,
  type Source,
  type Stacked,
  type Streamed,
  type Value,
} from "./dataset.js";
export { fashionMnistClassNames, idxFileNames } from "./fashion-mnist.js";
export {
  fromArrays,
  fromGenerator,
  type ArrayExamples,
  type GeneratorOptions,
  type LabelOf,
  type RowOf,
} from "./from-arrays.js";
export { gunzipIfNeeded, LARGEST_UNPACKED } from "./gzip.js";
export { readIdx } from "./idx.js";
export type { ColorMode } from "./image/channels.js";
export { resizeImage, type AspectRatio, type ResizeOptions } from "./image/resize.js";
export {
  imageClassification,
  splitAt,
  takeImages,
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
export { normalize, rescale, statistics, type Statistics, type StatisticsOptions } from "./normalize.js";
export { batch, type BatchOptions } from "./pipeline/batch.js";
export { cache } from "./pipeline/cache.js";
export { map, mapBatches, type BatchMap, type ExampleMap } from "./pipeline/map.js";
export { repeat, shuffle, skip, split, take, type ShuffleOptions } from "./pipeline/order.js";
export { elements, prefetch, toArrays, type PrefetchOptions, type ReadingOptions } from "./pipeline/read.js";
export { zip, type Combine } from "./pipeline/zip.js";
export { type Portable, type Recipe } from "./portable.js";
export { gatherRows, sliceRows } from "./rows.js";
export type { Key as RandomKey } from "../random/index.js";
export type { Factor } from "../shape/factor.js";
export type { FlipMode } from "../shape/flip.js";
export type { FillMode, Interpolation, SamplingOptions } from "../shape/sampling.js";
export type { ValueRange } from "../shape/value-range.js";

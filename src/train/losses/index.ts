/** The losses: one line each. */
export { binaryCrossentropy } from "./binary-crossentropy.js";
export {
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  type CrossentropyOptions,
} from "./categorical-crossentropy.js";
export {
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  type BinaryFocalOptions,
  type CategoricalFocalOptions,
} from "./focal-crossentropy.js";
export { categoricalHinge, hinge, squaredHinge } from "./hinge.js";
export type { LabelKind, Loss, LossFamily, LossInput, LossRequest } from "./loss.js";
export {
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from "./regression.js";
export { cosineSimilarity, klDivergence } from "./similarity.js";

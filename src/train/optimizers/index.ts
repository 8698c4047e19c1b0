/** The optimisers: one line each. */
export { adadelta, type AdadeltaOptions } from "./adadelta.js";
export { adagrad, type AdagradOptions } from "./adagrad.js";
export { adam, adamw, type AdamOptions } from "./adam.js";
export { adamax, type AdamaxOptions } from "./adamax.js";
export { lion, type LionOptions } from "./lion.js";
export { nadam } from "./nadam.js";
export type { Clipping, CommonOptions, Optimizer, ScalarState, Slot, UpdateFormula } from "./optimizer.js";
export { rmsprop, type RmspropOptions } from "./rmsprop.js";
export { sgd, type SgdOptions } from "./sgd.js";

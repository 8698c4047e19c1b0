/** Random numbers that are pure functions of a key and a counter. */
export { fillBeta } from "./beta.js";
export { fillNormal, fillTruncatedNormal, fillUniform } from "./distributions.js";
export { foldIn, keyOf } from "./key.js";
export { shuffled } from "./permutation.js";
export { fillBits, threefry2x32, type Key } from "./threefry.js";

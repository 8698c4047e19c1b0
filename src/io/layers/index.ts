/** Models as layers in plain data, and back. */
export { layersOf } from "./layers-of.js";
export { modelOf } from "./model-of.js";
export { raise, type Raised, type RaiseOptions } from "./raise/index.js";
export { sourceNames } from "./weights.js";
export { weightName, type LayerCall, type LayerGraph } from "./layer-graph.js";

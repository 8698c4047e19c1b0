/** File formats of tensors and models, from and to bytes. Free of Node; files are read and written in `svertka/io/node`. */
export { readKeras, type LayersFile } from "./keras/read.js";
export { writeKeras, writeKerasLayers } from "./keras/write.js";
export {
  layersOf,
  modelOf,
  raise,
  type LayerCall,
  type LayerGraph,
  type Raised,
  type RaiseOptions,
} from "./layers/index.js";
export { readNpy, writeNpy } from "./npy.js";
export { readOnnx, type OnnxModel, type ReadOnnxOptions } from "./onnx/read/index.js";
export { decodeSafetensors, encodeSafetensors, type NamedTensor, type Safetensors } from "./safetensors.js";
export { sourceOf, type Source, type SourceOptions } from "./source/index.js";
export { savedModelOf } from "./tensorflow/of-model.js";
export { weightsFromTorch, type TorchWeightsOptions } from "./torch-weights.js";
export { writeTensorFlowJs, writeTensorFlowJsLayers, type FolderFile } from "./tensorflow-js/write.js";
export { readTensorFlowJs, type TensorFlowJsFiles } from "./tensorflow-js/read.js";
export type { ExternalData } from "./onnx/read/numbers.js";
export type { Argument } from "../ops/layer.js";
export type { InputShapes } from "./onnx/read/ports.js";

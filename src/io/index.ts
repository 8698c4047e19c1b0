/** File formats of tensors, from and to bytes. Free of Node; files are read and written in `svertka/io/node`. */
export { readNpy, writeNpy } from "./npy.js";
export { decodeSafetensors, encodeSafetensors, type NamedTensor, type Safetensors } from "./safetensors.js";
export { savedModelOf } from "./tensorflow/of-model.js";
export { weightsFromTorch, type TorchWeightsOptions } from "./torch-weights.js";

/** `svertka convert … .safetensors`: the weights alone, under their names. */
import { TE } from "../../fp.js";
import { safetensorsChunks } from "../../io/safetensors.js";
import { singleFile, type Format } from "./format.js";

export const safetensors: Format = {
  name: "safetensors",
  title: "safetensors",
  ending: ".safetensors",
  files: ({ weights, output }) =>
    TE.of(singleFile(output, safetensorsChunks([...weights].map(([name, array]) => ({ name, ...array }))))),
};

/** `svertka convert … .safetensors`: the weights alone, under their names. */
import { TE, pipe } from "../../fp.js";
import { writeAtomically } from "../../io/node.js";
import { encodeSafetensors } from "../../io/safetensors.js";
import type { Format } from "./format.js";

export const safetensors: Format = {
  name: "safetensors",
  title: "safetensors",
  ending: ".safetensors",
  write: ({ weights, output }) => {
    const bytes = encodeSafetensors([...weights].map(([name, array]) => ({ name, ...array })));
    return pipe(
      writeAtomically(output, bytes),
      TE.map(() => ({ bytes: bytes.byteLength })),
    );
  },
};

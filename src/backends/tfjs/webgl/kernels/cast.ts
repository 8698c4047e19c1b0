/** `cast`: integers are held as floats, so they are floats as they are; floats are cut towards zero. */
import { invariant } from "../../../../errors.js";
import { ge, neg, select, x0, type Formula } from "../../../../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { WebglKernel } from "./kernel.js";

const cut = { formula: select(ge(x0, 0), ["floor", x0], neg(["floor", neg(x0)])) satisfies Formula };

export const cast: WebglKernel = (backend) => {
  const cutOff = elementwise(backend);
  return ([x], output) => {
    invariant(x, "cast has an input");
    if (output.dtype === "i32") return cutOff([x], output, cut);
    backend.incRef(x.dataId);
    return { ...x, dtype: "float32" };
  };
};

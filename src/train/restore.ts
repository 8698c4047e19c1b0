/** Puts a snapshot back: the way from a checkpoint to a trainer that goes on as if nothing had happened. */
import { fail, type SvertkaError } from "../errors.js";
import type { Either } from "../fp.js";
import type { NdArray } from "../data/nd-array.js";
import type { WeightStore } from "../run/weight-store.js";

type Named = NdArray & { readonly name: string };

/** Puts saved arrays in the places of the states that are there: names and shapes must agree, none may be missing. */
export const restoreInto = (
  store: WeightStore,
  arrays: readonly Named[],
  where: string,
): Either<SvertkaError, void> => {
  const given = new Map(arrays.map((array) => [array.name, array]));
  for (const name of store.names()) {
    const array = given.get(name);
    const { dtype, shape } = store.get(name).type;
    if (array === undefined || array.dtype !== dtype || array.shape.join() !== shape.join())
      return fail(
        "BadFile",
        where,
        `checkpoint: '${name}' ${array === undefined ? "is missing" : `is ${array.dtype}[${array.shape.join(", ")}]`}, the model needs ${dtype}[${shape.join(", ")}]: resume with the model that wrote it`,
      );
  }
  const extra = arrays.find((array) => !store.names().includes(array.name));
  if (extra !== undefined)
    return fail(
      "BadFile",
      where,
      `checkpoint: '${extra.name}' is no weight of this model: resume with the model that wrote it`,
    );
  return store.upload([...given].flatMap(([name, array]) => (array.dtype === "u8" ? [] : [[name, array] as const])));
};

/** The arrays of a file in the places of a model's weights: each is looked for, and its shape compared before its numbers are read. */
import { fail, type SvertkaError } from "../../errors.js";
import { sizeOf, type NdArray } from "../../data/nd-array.js";
import { E, pipe, type Either } from "../../fp.js";
import type { Weights } from "../../run/initial-weights.js";
import type { WeightPlace } from "./read-layers.js";

export interface WeightInFile {
  readonly shape: readonly number[];
  readonly numbers: () => Either<SvertkaError, Float32Array>;
}

interface Needed {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface WeightSource {
  /** Places whose own shape is known may hold the same elements in another one. */
  readonly places: ReadonlyMap<string, WeightPlace>;
  readonly find: (name: string, place: WeightPlace | undefined) => WeightInFile | undefined;
  /** The kind of file, as sentences begin with it. */
  readonly format: string;
  readonly where: string;
}

const placed = (
  { name, shape }: Needed,
  { places, find, format, where }: WeightSource,
): Either<SvertkaError, NdArray<"f32">> => {
  const wanted = shape.join(", ");
  const place = places.get(name);
  const found = find(name, place);
  if (found === undefined)
    return fail(
      "BadFile",
      where,
      `${format}: the weight '${name.slice(0, 60)}' [${wanted}] is missing: the file is damaged`,
    );
  const fits = place?.shape === undefined ? found.shape.join(", ") === wanted : sizeOf(found.shape) === sizeOf(shape);
  return fits
    ? pipe(
        found.numbers(),
        E.map((data) => ({ dtype: "f32", shape, data })),
      )
    : fail(
        "BadFile",
        where,
        `${format}: the weight '${name.slice(0, 60)}' is [${found.shape.join(", ")}], its layer needs [${wanted}]: the file is damaged`,
      );
};

export const placedWeights = (needed: readonly Needed[], source: WeightSource): Either<SvertkaError, Weights> =>
  pipe(
    needed,
    E.traverseArray((one) =>
      pipe(
        placed(one, source),
        E.map((array) => [one.name, array] as const),
      ),
    ),
    E.map((pairs) => new Map(pairs)),
  );

/** Weights that are put aside by name and travel with snapshots: the best ones so far. */
import type { NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { Weights } from "../run/initial-weights.js";

type Named = NdArray & { readonly name: string };

const prefix = "kept:";

export interface Keepsakes {
  readonly keep: (name: string, weights: Weights | undefined) => void;
  readonly kept: (name: string) => Weights | undefined;
  /** As a snapshot holds them. */
  readonly arrays: () => readonly Named[];
  /** Those of a snapshot, and the rest of it. */
  readonly split: (arrays: readonly Named[]) => { readonly own: readonly Named[]; readonly rest: readonly Named[] };
  /** In place of all that are kept. */
  readonly take: (arrays: readonly Named[]) => void;
}

export const keepsakes = (infos: readonly WeightInfo[]): Keepsakes => {
  const all = new Map<string, Weights>();
  const known = new Map(infos.map((info) => [info.name, info.shape.join()]));
  /** `kept:best/stem/conv2d/kernel` is the weight `stem/conv2d/kernel` of `best`. */
  const read = ({ name }: Named): { readonly key: string; readonly weight: string } | undefined => {
    const [key = "", ...path] = name.startsWith(prefix) ? name.slice(prefix.length).split("/") : [];
    return path.length === 0 ? undefined : { key, weight: path.join("/") };
  };
  const isOwn = (array: Named): boolean =>
    known.get(read(array)?.weight ?? "") === array.shape.join() && array.dtype === "f32";
  return {
    keep: (name, weights) => void (weights === undefined ? all.delete(name) : all.set(name, weights)),
    kept: (name) => all.get(name),
    arrays: () =>
      [...all].flatMap(([key, weights]) =>
        [...weights].map(([name, array]) => ({ ...array, name: `${prefix}${key}/${name}` })),
      ),
    split: (arrays) => ({ own: arrays.filter(isOwn), rest: arrays.filter((array) => !isOwn(array)) }),
    take: (arrays) => {
      const found = new Map<string, Map<string, NdArray<"f32">>>();
      for (const array of arrays) {
        const place = read(array);
        if (place === undefined || array.dtype !== "f32") continue;
        const { name: _, ...plain } = array;
        const weights = found.get(place.key) ?? new Map<string, NdArray<"f32">>();
        found.set(place.key, weights.set(place.weight, plain));
      }
      all.clear();
      // What is not whole is left out: it could not be put back.
      for (const [key, weights] of found) if (weights.size === known.size) all.set(key, weights);
    },
  };
};

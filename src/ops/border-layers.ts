/** What zero paddings and croppings over one, two and three axes share. */
import { invariant } from "../errors.js";
import type { AxesPadding } from "../shape/axis-options.js";
import { croppingShape, sidesOfRank, zeroPaddingShape } from "../shape/borders.js";
import type { Rank } from "../shape/by-rank.js";
import type { LayerSpec } from "./layer.js";

interface BorderLayer {
  readonly name: string;
  readonly rank: Rank;
  readonly options: object;
}

/** The layer that adds zeros on each side; its operator is pad. */
export const zeroPaddingLayer = ({ name, rank, options }: BorderLayer, padding: AxesPadding): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => zeroPaddingShape({ layer: name, rank }, padding, shape),
  build: ({ emit }, [x]) => {
    invariant(x, `${name} has one input`);
    return emit("pad", [x], { pads: [[0, 0], ...sidesOfRank(rank, padding), [0, 0]], value: 0 });
  },
});

/** The layer that takes cells away on each side; its operator is slice. */
export const croppingLayer = ({ name, rank, options }: BorderLayer, cropping: AxesPadding): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => croppingShape({ layer: name, rank }, cropping, shape),
  build: ({ emit }, [x]) => {
    invariant(x, `${name} has one input`);
    const sides = [[0, 0] as const, ...sidesOfRank(rank, cropping), [0, 0] as const];
    const size = x.type.shape.map((dim, axis) => {
      const [before, after] = sides[axis] ?? [0, 0];
      return typeof dim === "number" ? dim - before - after : dim;
    });
    return emit("slice", [x], { begin: sides.map(([before]) => before), size });
  },
});

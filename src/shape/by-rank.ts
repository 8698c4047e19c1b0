/** What layers ask that there are over one axis, over two and over three: the input's axes and the form of the options. */
import { E, type Either } from "../fp.js";
import {
  isListOf,
  isNumberOption,
  isTripleOption,
  type AxesPadding,
  type Pads3dOption,
  type SidesOption,
} from "./axis-options.js";
import { oneAxis, type OneAxis } from "./axes-window.js";
import { imageShape, type ImageShape } from "./image.js";
import { isPadsOption, isPairOption, type PadsOption } from "./padding.js";
import type { Dim, Shape } from "./shape.js";
import { sequenceShape, volumeShape, type SequenceShape, type VolumeShape } from "./spatial.js";

/** How many axes there are between the batch and the channels. */
export type Rank = 1 | 2 | 3;

/** The shape when it has that many axes and channels, else the sentence. */
export type SpatialShape<Layer extends string, R extends Rank, S> = {
  1: SequenceShape<Layer, S>;
  2: ImageShape<Layer, S>;
  3: VolumeShape<Layer, S>;
}[R];

/** Cells on each side: one number, one for each axis, or [before, after] for each; around one axis [before, after]. */
export type SidesOptionOf<R extends Rank> = { 1: SidesOption; 2: PadsOption; 3: Pads3dOption }[R];

/** Sides with one part for each axis. */
export type ByAxis<R extends Rank, P> = R extends 1 ? OneAxis<P> : P;
export const byAxis = (rank: Rank, sides: AxesPadding): AxesPadding => {
  if (rank !== 1 || typeof sides !== "object") return sides;
  const [before = 0, after = 0] = sides.map(Number);
  return oneAxis([before, after]);
};

interface Spatial {
  readonly axes: readonly Dim[];
  readonly channels: Dim;
}
const parts = (rank: Rank, shape: Shape): Spatial => ({ axes: shape.slice(0, rank), channels: shape[rank] ?? null });

/** Run-time twin of {@link SpatialShape}: the axes and the channels apart. */
export const spatialShape = (layer: string, rank: Rank, shape: Shape | undefined): Either<string, Spatial> => {
  const inputs = { 1: sequenceShape, 2: imageShape, 3: volumeShape };
  const known: Either<string, Shape> = inputs[rank](layer, shape);
  return E.map((axes: Shape) => parts(rank, axes))(known);
};

// Files are run without a type check, so the form of an option is looked at, too.
const isSides = (value: unknown): boolean => isListOf(value, 2, isNumberOption);
export const isSizes: Readonly<Record<Rank, (value: unknown) => boolean>> = {
  1: isNumberOption,
  2: isPairOption,
  3: isTripleOption,
};
export const areSides: Readonly<Record<Rank, (value: unknown) => boolean>> = {
  1: (value) => isNumberOption(value) || isSides(value),
  2: isPadsOption,
  3: (value) => isTripleOption(value) || isListOf(value, 3, isSides),
};

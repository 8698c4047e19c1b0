/** What layers over sequences and volumes ask of their input: that number of axes, channels last. */
import { E, type Either } from "../fp.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { shapeText, type ShapeText } from "./text.js";

/** Steps and channels. */
export type Sequence = readonly [Dim, Dim];
/** Depth, height, width and channels. */
export type Volume3d = readonly [Dim, Dim, Dim, Dim];

/** The names of the axes, as the sentence has them. */
const axesOfRank = { 2: "[steps, channels]", 4: "[depth, height, width, channels]" } as const;
type AxesOfRank = typeof axesOfRank;

const notOfRank = <
  Layer extends string,
  Wanted extends 2 | 4,
  Axes extends string,
  Rank extends number,
  Text extends string,
>(of: {
  readonly layer: Layer;
  readonly wanted: Wanted;
  readonly axes: Axes;
  readonly rank: Rank;
  readonly text: Text;
}) =>
  `${of.layer}: expected a ${of.wanted}-D input ${of.axes}, got a ${of.rank}-D input [${of.text}]: put reshape({ targetShape: ${of.axes} }) before it` as const;

type NotOfRank<Layer extends string, Wanted extends 2 | 4, S extends Shape> = ShapeError<
  ReturnType<typeof notOfRank<Layer, Wanted, AxesOfRank[Wanted], S["length"], ShapeText<S>>>
>;

/** The shape when it has two axes, else the sentence; an unknown number of axes counts as two. */
export type SequenceShape<Layer extends string, S> = S extends readonly [unknown, unknown]
  ? S
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? Sequence
        : NotOfRank<Layer, 2, S>
      : never;
export const sequenceShape = (layer: string, shape: Shape | undefined): Either<string, Sequence> => {
  if (shape === undefined || isPoisoned(shape)) return noInput(layer, shape);
  const [steps, channels] = shape;
  return shape.length === 2 && steps !== undefined && channels !== undefined
    ? E.right([steps, channels])
    : wrongRank(layer, 2, shape);
};

/** The shape when it has four axes, else the sentence; an unknown number of axes counts as four. */
export type VolumeShape<Layer extends string, S> = S extends readonly [unknown, unknown, unknown, unknown]
  ? S
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? Volume3d
        : NotOfRank<Layer, 4, S>
      : never;
export const volumeShape = (layer: string, shape: Shape | undefined): Either<string, Volume3d> => {
  if (shape === undefined || isPoisoned(shape)) return noInput(layer, shape);
  const [d, h, w, channels] = shape;
  return shape.length === 4 && d !== undefined && h !== undefined && w !== undefined && channels !== undefined
    ? E.right([d, h, w, channels])
    : wrongRank(layer, 4, shape);
};

const noInput = (layer: string, shape: ShapeError<string> | undefined): Either<string, never> =>
  E.left(shape?.error ?? `${layer}: it takes an expression, and got none: apply it to one`);

const wrongRank = (layer: string, wanted: 2 | 4, shape: Shape): Either<string, never> =>
  E.left(notOfRank({ layer, wanted, axes: axesOfRank[wanted], rank: shape.length, text: shapeText(shape) }));

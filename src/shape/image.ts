/** What layers over images ask of their input: three axes, and channels that are known where weights depend on them. */
import { E, type Either } from "../fp.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { shapeText, type ShapeText } from "./text.js";

/** Height, width and channels. */
export type Image = readonly [Dim, Dim, Dim];

const notAnImage = <Layer extends string, Rank extends number, Text extends string>(
  layer: Layer,
  rank: Rank,
  text: Text,
) =>
  `${layer}: expected a 3-D input [height, width, channels], got a ${rank}-D input [${text}]: put reshape({ targetShape: [height, width, channels] }) before it` as const;

/** The shape when it has three axes, else the sentence; an unknown number of axes counts as three. */
export type ImageShape<Layer extends string, S> = S extends readonly [unknown, unknown, unknown]
  ? S
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? Image
        : ShapeError<ReturnType<typeof notAnImage<Layer, S["length"], ShapeText<S>>>>
      : never;
export const imageShape = (layer: string, shape: Shape | undefined): Either<string, Image> => {
  if (shape === undefined) return E.left(`${layer}: it takes an expression, and got none: apply it to one`);
  if (isPoisoned(shape)) return E.left(shape.error);
  const [h, w, channels] = shape;
  return shape.length === 3 && h !== undefined && w !== undefined && channels !== undefined
    ? E.right([h, w, channels])
    : E.left(notAnImage(layer, shape.length, shapeText(shape)));
};

const unknownChannels = <Layer extends string, Text extends string>(layer: Layer, text: Text) =>
  `${layer}: the last axis of [${text}] is unknown, and the weights' shape depends on it: give it a number in input(...)` as const;

/** The sentence for weights on an unknown last axis; undefined when it is known, also when only the run time knows it. */
export type ChannelsProblem<Layer extends string, C, S> = [C] extends [null]
  ? ReturnType<typeof unknownChannels<Layer, ShapeText<S>>>
  : undefined;
export const channelsProblem = (layer: string, shape: Shape): string | undefined =>
  shape.at(-1) === null ? unknownChannels(layer, shapeText(shape)) : undefined;

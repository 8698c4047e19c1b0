/** The shape rule of global poolings: the channels are left, whatever the axes are. */
import { E, type Either } from "../fp.js";
import { spatialShape, type Rank, type SpatialShape } from "./by-rank.js";
import type { Shape } from "./shape.js";

/** [channels], or the sentence. */
export type GlobalPoolShape<Layer extends string, R extends Rank, S> =
  SpatialShape<Layer, R, S> extends infer X ? (X extends readonly [...unknown[], infer C] ? [C] : X) : never;

/** Run-time twin of {@link GlobalPoolShape}. */
export const globalPoolShape = (layer: string, rank: Rank, shape: Shape | undefined): Either<string, Shape> =>
  E.map(({ channels }: { readonly channels: Shape[number] }): Shape => [channels])(spatialShape(layer, rank, shape));

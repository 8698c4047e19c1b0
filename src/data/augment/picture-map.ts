/** What the maps that change one picture share: it is checked, its random numbers are drawn, its array is made anew. */
import { mistake, SvertkaFailure } from "../../errors.js";
import { fillUniform, type Key } from "../../random/index.js";
import type { Example, Image, Place } from "../dataset.js";
import { portable, type Recipe } from "../portable.js";
import { allocate, withInto, type Fresh } from "../scratch.js";

/** A picture's numbers, row-major [height, width, channels]. */
export interface Picture {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A change of a picture: a pure function of it and of uniform numbers in [0, 1). */
export interface PictureChange {
  /** How many numbers a picture takes. */
  readonly draws: number;
  /**
   * Gives a new picture, or the old one where nothing changes; `key` is for those that need more numbers than `draws`. A change that
   * writes each number of its result takes the array for it from `fresh`.
   */
  readonly apply: (picture: Picture, draws: Float64Array, key: Key, fresh: Fresh) => Picture;
  /** What is wrong with a picture, as a sentence. */
  readonly refuses?: (picture: Picture) => string | undefined;
}

/**
 * A map of examples that changes the picture alone: f32 [height, width, channels] in, the same shape out. Labels and weights
 * pass by. What it draws follows from the seed, the epoch and the example's number.
 *
 * Errors  `BadOption` for options that cannot be, `BadData` for what is no such picture, both in the stream that is mapped.
 */
export interface ImageMap {
  <S extends readonly number[], Y>(example: Example<Image<S>, Y>, place: Place): Example<Image<S>, Y>;
  readonly "~recipe": Recipe;
}

/** A map of examples whose pictures come out in another size. */
export interface CropMap<H extends number, W extends number> {
  <C extends number, Y>(
    example: Example<Image<readonly [number, number, C]>, Y>,
    place: Place,
  ): Example<Image<readonly [H, W, C]>, Y>;
  readonly "~recipe": Recipe;
}

interface PictureMap {
  /** The function of `svertka/data` that makes it. */
  readonly maker: string;
  readonly options: object;
  /** What is wrong with the options. */
  readonly problem: string | undefined;
  readonly change: () => PictureChange;
}

const throwProblem = (tag: "BadOption" | "BadData", maker: string, problem: string | undefined): void => {
  // Caught by `map`, which is the one that returns values; a map itself has no place for an error.
  if (problem !== undefined) throw new SvertkaFailure(mistake(tag, maker, problem));
};

const pictureOf = (maker: string, { dtype, shape, data }: Image): Picture => {
  const [height = 0, width = 0, channels = 0] = shape;
  const fits = dtype === "f32" && shape.length === 3 && data.length === height * width * channels;
  const problem = `${maker}: a picture is f32 [height, width, channels], got ${dtype} [${shape.join(", ")}]: map it to that before`;
  throwProblem("BadData", maker, fits ? undefined : problem);
  return { data, height, width, channels };
};

/** Applies a change with numbers of its own stream. */
export const drawAndApply = (change: PictureChange, picture: Picture, key: Key, fresh: Fresh): Picture => {
  const draws = new Float64Array(change.draws);
  fillUniform(draws, key);
  return change.apply(picture, draws, key, fresh);
};

const makeMap = ({ maker, options, problem, change }: PictureMap): CropMap<number, number> => {
  const made = problem === undefined ? change() : undefined;
  const into = <C extends number, Y>(
    example: Example<Image<readonly [number, number, C]>, Y>,
    place: Place,
    fresh: Fresh,
  ) => {
    throwProblem("BadOption", maker, problem);
    const picture = pictureOf(maker, example.x);
    throwProblem("BadData", maker, made?.refuses?.(picture));
    const { data, height, width } = made === undefined ? picture : drawAndApply(made, picture, place.key, fresh);
    const [, , channels] = example.x.shape;
    return { ...example, x: { ...example.x, shape: [height, width, channels] as const, data } };
  };
  const own = <C extends number, Y>(example: Example<Image<readonly [number, number, C]>, Y>, place: Place) =>
    into(example, place, allocate);
  return portable(maker, options, withInto(own, into));
};

/** The map that keeps the picture's shape. */
export const imageMap = (map: PictureMap): ImageMap => makeMap(map) as unknown as ImageMap; // sound: its change keeps height, width and channels

/** The map that gives pictures of height H and width W. */
export const cropMap = <H extends number, W extends number>(map: PictureMap): CropMap<H, W> =>
  makeMap(map) as unknown as CropMap<H, W>; // sound: its change gives that height and width

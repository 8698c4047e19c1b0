/** Pictures with a hole: random erasing, also known as cutout, as a map. */
import { evaluator } from "../../formula/evaluate.js";
import { erasedColumns, erasedRows, erasingDraws, isErased, type ErasedSpan } from "../../ops/erased-box.js";
import { foldIn, fillNormal, type Key } from "../../random/index.js";
import { fillValueProblem } from "../../shape/fill-value.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import { imageMap, type ImageMap, type Picture, type PictureChange } from "./picture-map.js";

export interface RandomErasingOptions {
  /** The probability that a picture gets a hole, or the range from which that is drawn; a number f is from 0 to f, as in Keras. By default 1. */
  readonly factor?: Factor | undefined;
  /** The squares of the hole's height and width as parts of the picture's; by default [0.02, 0.33]. */
  readonly scale?: Factor | undefined;
  /** What the hole holds: a number, one per channel, or normal noise where none is given. */
  readonly fillValue?: number | readonly number[] | undefined;
  /** By default [0, 1], that of svertka's pictures. */
  readonly valueRange?: ValueRange | undefined;
}

interface Erasing {
  readonly factor: Factor;
  readonly scale: Factor;
  readonly fillValue: number | readonly number[] | undefined;
  readonly valueRange: ValueRange;
}

/** The first and the end of the whole numbers in a span. */
const cellsOf = ({ start, end }: ErasedSpan, draws: readonly number[], length: number): readonly [number, number] => [
  Math.ceil(evaluator(start)(draws, 0)),
  Math.min(Math.ceil(evaluator(end)(draws, 0)), length),
];

/** What the cells of the hole hold, each in its turn. */
const fillOf = (
  { fillValue, valueRange: [least, greatest] }: Erasing,
  count: number,
  channels: number,
  key: Key,
): Float32Array => {
  const fill = new Float32Array(count);
  if (fillValue === undefined) fillNormal(fill, foldIn(key, "fill"), { standardDeviation: greatest });
  else
    for (let i = 0; i < count; i++)
      fill[i] = typeof fillValue === "number" ? fillValue : (fillValue[i % channels] ?? 0);
  for (let i = 0; i < count; i++) fill[i] = clip(fill[i] ?? 0, least, greatest);
  return fill;
};

const withHole = (picture: Picture, erasing: Erasing, draws: readonly number[], key: Key): Picture => {
  const { data, height, width, channels } = picture;
  const [left, right] = cellsOf(erasedColumns(erasing.scale, width), draws, width);
  const [top, bottom] = cellsOf(erasedRows(erasing.scale, height), draws, height);
  const stride = channels * Math.max(right - left, 0);
  const fill = fillOf(erasing, stride * Math.max(bottom - top, 0), channels, key);
  const out = data.slice();
  for (let row = top; row < bottom; row++)
    out.set(fill.subarray((row - top) * stride, (row - top + 1) * stride), channels * (row * width + left));
  return withData(picture, out);
};

export const erasingMap = (erasing: Erasing): PictureChange => {
  const erases = evaluator(isErased(erasing.factor));
  const { fillValue } = erasing;
  return {
    draws: erasingDraws,
    refuses: ({ channels }) => fillValueProblem("randomErasing", fillValue, channels),
    apply: (picture, drawn, key) => {
      const draws = Array.from(drawn);
      return erases(draws, 0) === 0 ? picture : withHole(picture, erasing, draws, key);
    },
  };
};

/**
 * Cuts a box out of pictures, at a random place and of a random size.
 *
 * Errors  a factor or a scale outside [0, 1], a fill of another number of channels, a range that is none.
 * Source  Keras 3's RandomErasing; Zhong et al. 2017 (arXiv:1708.04896).
 *
 * @example
 * const holed = pipe(pictures, map(randomErasing({ factor: [1, 1], scale: [0.1, 0.1], fillValue: 0.5 })))
 */
export const randomErasing = (options: RandomErasingOptions = {}): ImageMap => {
  const { factor = 1, scale = [0.02, 0.33], fillValue, valueRange = usualRange } = options;
  return imageMap({
    maker: "randomErasing",
    options,
    problem:
      factorProblem("randomErasing", { name: "factor", value: factor, bounds: "[0, 1]" }) ??
      factorProblem("randomErasing", { name: "scale", value: scale, bounds: "[0, 1]" }) ??
      valueRangeProblem("randomErasing", valueRange),
    change: () => erasingMap({ factor, scale, fillValue, valueRange }),
  });
};

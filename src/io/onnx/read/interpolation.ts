/**
 * Resampling along one axis as a matrix: row i holds the weights of the input's elements in output element i.
 *
 * Source  ONNX Resize-19 and its reference implementation (onnx/reference/ops/op_resize.py).
 */
import { malformed } from "../../../ops/onnx-reading.js";

export interface Resampling {
  readonly size: number;
  readonly scale: number;
  readonly output: number;
  readonly coordinates: string;
  readonly mode: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludesOutside: boolean;
  readonly antialias: boolean;
  /** The part of the axis that is read, for tf_crop_and_resize. */
  readonly region: readonly [number, number];
}

/** Where an output element lies among the input's. */
const placeOf = (at: number, { size, scale, output, coordinates, region: [start, end] }: Resampling): number => {
  const length = scale * size;
  switch (coordinates) {
    case "half_pixel":
      return (at + 0.5) / scale - 0.5;
    case "half_pixel_symmetric": {
      // The output that there would be has another size than there is: its middle stays the middle.
      const adjustment = output / length;
      return (size / 2) * (1 - adjustment) + (at + 0.5) / scale - 0.5;
    }
    case "pytorch_half_pixel":
      return output > 1 ? (at + 0.5) / scale - 0.5 : -0.5;
    case "align_corners":
      return length <= 1 ? 0 : (at * (size - 1)) / (length - 1);
    case "asymmetric":
      return at / scale;
    case "tf_half_pixel_for_nn":
      return (at + 0.5) / scale;
    case "tf_crop_and_resize":
      return output > 1
        ? start * (size - 1) + (at * (end - start) * (size - 1)) / (output - 1)
        : ((start + end) * (size - 1)) / 2;
    default:
      return malformed(`the coordinates '${coordinates.slice(0, 30)}' are no word of ONNX`);
  }
};

/** Ties go where the word says. */
const nearestOf = (ratio: number, word: string): 0 | 1 => {
  switch (word) {
    case "round_prefer_floor":
      return ratio <= 0.5 ? 0 : 1;
    case "round_prefer_ceil":
      return ratio < 0.5 ? 0 : 1;
    case "floor":
      return 0;
    case "ceil":
      return ratio === 0 ? 0 : 1;
    default:
      return malformed(`the mode '${word.slice(0, 20)}' of nearest is no word of ONNX`);
  }
};

/** Keys' kernel (1981) with its coefficient. */
const cubicAt = (distance: number, a: number): number => {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
};

interface Weighted {
  readonly index: number;
  readonly weight: number;
}

/** The elements around a place and their weights, before the borders are looked at. */
const neighbours = (place: number, resampling: Resampling): readonly Weighted[] => {
  const { mode, nearest, cubic, antialias } = resampling;
  const floor = Math.floor(place);
  if (mode === "nearest") {
    return [{ index: floor + nearestOf(place - floor, nearest), weight: 1 }];
  }
  const kernel = mode === "cubic" ? (x: number) => cubicAt(x, cubic) : (x: number) => Math.max(0, 1 - Math.abs(x));
  // Antialiasing stretches the kernel where the image shrinks.
  const stretch = antialias ? Math.min(1, resampling.scale) : 1;
  const reach = (mode === "cubic" ? 2 : 1) / stretch;
  const list: Weighted[] = [];
  for (let index = Math.ceil(place - reach); index <= Math.floor(place + reach); index++)
    list.push({ index, weight: kernel((index - place) * stretch) });
  const sum = list.reduce((total, { weight }) => total + weight, 0);
  return antialias ? list.map(({ index, weight }) => ({ index, weight: weight / sum })) : list;
};

export interface ResampledRow {
  readonly weights: readonly Weighted[];
  /** Present where the element lies outside and is a constant instead. */
  readonly outside?: true;
}

export const resampledRow = (at: number, resampling: Resampling): ResampledRow => {
  const { size, coordinates, excludesOutside } = resampling;
  const place = placeOf(at, resampling);
  if (coordinates === "tf_crop_and_resize" && (place < 0 || place > size - 1)) return { weights: [], outside: true };
  const around = neighbours(place, resampling);
  const isInside = ({ index }: Weighted): boolean => index >= 0 && index < size;
  if (excludesOutside && resampling.mode === "cubic") {
    const inside = around.filter(isInside);
    const sum = inside.reduce((total, { weight }) => total + weight, 0);
    return { weights: inside.map(({ index, weight }) => ({ index, weight: weight / sum })) };
  }
  const clamped = around.map(({ index, weight }) => ({ index: Math.min(size - 1, Math.max(0, index)), weight }));
  return { weights: clamped };
};

/**
 * Where svertka judges a layer otherwise than Keras, and why: each rule looks at the case alone. Nothing else may differ,
 * and a rule by which svertka refuses must be exact: svertka refuses every case that it names.
 */
import type { Axes } from "./random-options.js";

/** A layer or merge, and what Keras says of it: its output's shape and number of weights; null where it refuses. */
export interface KerasCase {
  readonly word: string;
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly shapes: readonly Axes[];
  readonly output: Axes | null;
  readonly weights: number;
}

interface Difference {
  readonly why: string;
  /** What svertka does where Keras does the contrary; "knows more" gives a number for an axis that Keras leaves open. */
  readonly svertka: "refuses" | "takes" | "knows more";
  readonly when: (one: KerasCase) => boolean;
}

const mergeWords = ["add", "subtract", "multiply", "average", "maximum", "minimum"];
const isMerge = ({ word }: KerasCase): boolean => mergeWords.includes(word);
const rankOf = (word: string): number => Number(/[123](?=d)/.exec(word)?.[0] ?? 0);
const inputOf = ({ shapes }: KerasCase): Axes => shapes[0] ?? [];
const optionOf = ({ options }: KerasCase, name: string): unknown => options?.[name];
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
/** The numbers in an option, from whatever depth. */
const numbersOf = (value: unknown): readonly number[] =>
  typeof value === "number" ? [value] : Array.isArray(value) ? value.flatMap(numbersOf) : [];
const isAbove = (value: unknown, least: number): boolean => numbersOf(value).some((number) => number > least);

/** Options that are sizes, with the least that they may be. */
const sizes: Readonly<Record<string, 0 | 1>> = {
  filters: 1,
  units: 1,
  kernelSize: 1,
  poolSize: 1,
  strides: 1,
  dilationRate: 1,
  groups: 1,
  depthMultiplier: 1,
  outputSize: 1,
  size: 1,
  padding: 0,
  cropping: 0,
  outputPadding: 0,
};
const hasNoSize = ({ options }: KerasCase): boolean =>
  Object.entries(sizes).some(([name, least]) =>
    numbersOf(options?.[name]).some((number) => !Number.isInteger(number) || number < least),
  );

/** Whether two known sizes of a merge differ, and none of them stretches. */
const differ = (x: number | null | undefined, y: number | null | undefined, stretches: boolean): boolean =>
  typeof x === "number" && typeof y === "number" && x !== y && !(stretches && (x === 1 || y === 1));
const differsInSize = (one: KerasCase): boolean => {
  const stretches = one.word === "multiply" || optionOf(one, "broadcast") === true;
  return one.shapes.some((a) =>
    one.shapes.some((b) => a.length === b.length && a.some((x, axis) => differ(x, b[axis], stretches))),
  );
};

/** The pool and the padding in numbers of each axis: whether some window may lie in the padding alone. */
const padsPastPool = (one: KerasCase): boolean => {
  const padding = optionOf(one, "padding");
  if (!/(max|avg)Pool/.test(one.word) || padding === undefined || typeof padding === "string") return false;
  const rank = rankOf(one.word);
  const pool = optionOf(one, "poolSize") ?? 2;
  // Over one axis a pair is [before, after].
  const sides = rank === 1 ? [padding] : listOf(padding);
  return Array.from({ length: rank }, (_, axis) => axis).some((axis) => {
    const side = sides.length === 1 ? sides[0] : sides[axis];
    const size = Array.isArray(pool) ? Number(pool[axis]) : Number(pool);
    return numbersOf(side).some((cells) => cells >= size);
  });
};

const placeOf = (axis: unknown, rank: number): number => (Number(axis) < 0 ? rank + Number(axis) : Number(axis) - 1);

export const differences: readonly Difference[] = [
  {
    why: "a size is a whole number; Keras lets fractions and negatives through here and there",
    svertka: "refuses",
    when: hasNoSize,
  },
  {
    why: "no layer leaves nothing of an axis",
    svertka: "refuses",
    when: ({ output }) => output?.includes(0) === true,
  },
  {
    why: "dense wants a flat input unless `axis: -1` says that the last axis is meant: it is mostly a forgotten flatten",
    svertka: "refuses",
    when: (one) => one.word === "dense" && optionOf(one, "axis") === undefined && inputOf(one).length !== 1,
  },
  {
    why: "merges stretch an axis of 1 only where `broadcast: true` says so (multiply always), and known sizes may not differ",
    svertka: "refuses",
    when: (one) => isMerge(one) && differsInSize(one),
  },
  {
    why: "merges never add axes: NumPy's rule would pair an image's channels with its width",
    svertka: "refuses",
    when: (one) => isMerge(one) && one.shapes.some((shape) => shape.length !== inputOf(one).length),
  },
  {
    why: "the batch is no axis to join along",
    svertka: "refuses",
    when: (one) => one.word === "concatenate" && placeOf(optionOf(one, "axis") ?? -1, inputOf(one).length) === -1,
  },
  {
    why: "a pool that holds only padding has no maximum and no mean",
    svertka: "refuses",
    when: padsPastPool,
  },
  {
    why: "a dropout of all elements leaves nothing to scale up",
    svertka: "refuses",
    when: (one) => optionOf(one, "rate") === 1,
  },
  {
    why: "batch normalisation is over the last axis",
    svertka: "refuses",
    when: (one) => {
      const rank = inputOf(one).length;
      return one.word === "batchNormalization" && placeOf(optionOf(one, "axis") ?? -1, rank) !== rank - 1;
    },
  },
  {
    why: "slopes are not shared along the batch, which they do not depend on",
    svertka: "refuses",
    when: (one) => one.word === "prelu" && numbersOf(optionOf(one, "sharedAxes")).includes(0),
  },
  {
    why: "an axis is named once",
    svertka: "refuses",
    when: (one) => {
      const places = numbersOf(optionOf(one, "axis")).map((axis) => placeOf(axis, inputOf(one).length));
      return one.word === "layerNormalization" && new Set(places).size < places.length;
    },
  },
  {
    why: "instance normalisation of one number a channel gives 0",
    svertka: "refuses",
    when: (one) => one.word === "instanceNormalization" && inputOf(one).length === 1,
  },
  {
    why: "Keras's adaptive poolings do not look at the input's rank",
    svertka: "refuses",
    when: (one) => one.word.startsWith("adaptive") && inputOf(one).length !== rankOf(one.word) + 1,
  },
  {
    why: "strides together with dilation, which TensorFlow's convolutions lack",
    svertka: "takes",
    when: (one) =>
      /^conv\dd/.test(one.word) && isAbove(optionOf(one, "strides"), 1) && isAbove(optionOf(one, "dilationRate"), 1),
  },
  {
    why: "causal padding of depthwise and separable convolutions, which Keras refuses by the word",
    svertka: "takes",
    when: (one) => /^(depthwise|separable)Conv1d/.test(one.word) && optionOf(one, "padding") === "causal",
  },
  {
    why: "a standard deviation may be above 1",
    svertka: "takes",
    when: (one) => isAbove(optionOf(one, "stddev"), 1),
  },
  {
    why: "of two merged sizes one is known: so is the result",
    svertka: "knows more",
    when: (one) => isMerge(one) && one.shapes.some((shape) => shape.includes(null)),
  },
];

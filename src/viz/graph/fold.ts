/** Pieces of a net that follow one another and are alike are drawn once, with how often they come. */
import type { Segment } from "./segments.js";
import type { Unit } from "./units.js";

/** One or several pieces that are drawn together. */
export interface Group {
  /** Of the first time. */
  readonly segments: readonly Segment[];
  readonly times: number;
  /** All units that it stands for. */
  readonly units: readonly Unit[];
}

/** How alike pieces must be to be folded. */
export type Likeness =
  /** In everything, shapes and parameters too. */
  | "same"
  /** But for the numbers: filters and shapes may differ. */
  | "similar";

/** The longest repeated sequence that is looked for, in pieces: MobileNet repeats two, ShuffleNet more. */
const longest = 8;

const signature = (segment: Segment, likeness: Likeness): string => {
  const first = segment[0]?.id ?? 0;
  const texts = segment.map(({ lines, shape, parameters, inputs }) => {
    // Those before the piece are one: what it reads.
    const places = inputs.map((input) => Math.max(-1, input - first));
    const text = likeness === "same" ? lines : lines.map((line) => line.replace(/, \d+/g, ""));
    return JSON.stringify([text, places, ...(likeness === "same" ? [shape, parameters] : [])]);
  });
  return texts.join();
};

const timesAt = (keys: readonly string[], start: number, period: number): number => {
  let times = 1;
  while (keys.slice(start, start + period).every((key, i) => keys[start + times * period + i] === key)) times++;
  return times;
};

interface Repeat {
  readonly period: number;
  readonly times: number;
}

/** The repetition that hides most pieces; of equals the shortest. */
const bestRepeat = (keys: readonly string[], start: number): Repeat => {
  let best: Repeat = { period: 1, times: 1 };
  for (let period = 1; period <= Math.min(longest, Math.floor((keys.length - start) / 2)); period++) {
    const times = timesAt(keys, start, period);
    if (period * (times - 1) > best.period * (best.times - 1)) best = { period, times };
  }
  return best;
};

export const foldedGroups = (segments: readonly Segment[], likeness: Likeness): readonly Group[] => {
  const keys = segments.map((segment) => signature(segment, likeness));
  const groups: Group[] = [];
  for (let start = 0; start < segments.length;) {
    const { period, times } = bestRepeat(keys, start);
    const end = start + period * times;
    const units = segments.slice(start, end).flat();
    groups.push({ segments: segments.slice(start, start + period), times, units });
    start = end;
  }
  return groups;
};

/** A group a piece. */
export const loneGroups = (segments: readonly Segment[]): readonly Group[] =>
  segments.map((segment) => ({ segments: [segment], times: 1, units: segment }));

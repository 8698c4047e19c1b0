/** Running times of one thing: set-up, the first run, then the median and the slow end of many. */

export interface Times {
  /** Milliseconds until it can run: the backend loaded, the model compiled. */
  readonly setUp: number;
  /** Milliseconds of the first run, which makes programs and kernels. */
  readonly first: number;
  readonly median: number;
  readonly p95: number;
  readonly runs: number;
}

export interface Stopwatch {
  readonly seconds: number;
  /** When set-up began, as performance.now() gives it. */
  readonly start: number;
}

const warmUps = 2;
const leastRuns = 5;

/** The value at a share of the way through sorted times. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

export const clock = async (once: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await once();
  return performance.now() - start;
};

/** Runs `once` until the time is over, five times at least; the runs after the first that warm up are not counted. */
export const timesOf = async (once: () => Promise<unknown>, { seconds, start }: Stopwatch): Promise<Times> => {
  const setUp = performance.now() - start;
  const first = await clock(once);
  for (let i = 0; i < warmUps; i++) await once();
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length < leastRuns || performance.now() < end) times.push(await clock(once));
  const sorted = times.toSorted((a, b) => a - b);
  return { setUp, first, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), runs: times.length };
};

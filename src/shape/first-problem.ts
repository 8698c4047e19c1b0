/** Rules in order: the first sentence decides. */

/** The first sentence of a list whose other items are `undefined`. */
export type FirstProblem<Problems> = Problems extends readonly [infer Problem, ...infer Rest]
  ? [Problem] extends [string]
    ? Problem
    : FirstProblem<Rest>
  : undefined;

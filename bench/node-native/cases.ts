/** What is timed, and how: the same for both systems. */
export const cases = ["a3-step-64", "a3-predict-1", "mobilenetv2-predict-1"] as const;
export type Case = (typeof cases)[number];

export const caseOf = (name: string | undefined): Case => {
  const found = cases.find((one) => one === name);
  if (found === undefined) throw new Error(`no case '${String(name)}': give one of ${cases.join(", ")}`);
  return found;
};

/** Numbers in [0, 1) that look like a picture. */
export const pixels = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 256) / 255);

/** Prints the median time of one call in milliseconds, after a warm-up. */
export const timeCalls = async (call: () => Promise<unknown>, one: Case): Promise<void> => {
  const calls = one === "a3-predict-1" ? 200 : 15;
  for (let i = 0; i < 5; i++) await call();
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  console.log(times.toSorted((a, b) => a - b)[calls >> 1]);
};

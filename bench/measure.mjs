/** What every system's process does: sets up, warms up, runs for a while, and prints its times as JSON on the last line. */

const now = () => performance.now();

/** Deterministic numbers between -1 and 1. */
export const numbers = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) % 1);

export const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** The job that the driver gave: `{ model, batch, mode, seconds }`. */
export const job = () => JSON.parse(process.argv[2] ?? "{}");

/** Runs `once` until the time is over, at least 5 times; the first runs are warm-up and only the first of all is told. */
export const measure = async ({ seconds }, start, once, extra = {}) => {
  const setUp = now() - start;
  const first = await timed(once);
  for (let i = 0; i < 2; i++) await once();
  const times = [];
  const before = process.cpuUsage();
  const end = now() + 1000 * seconds;
  while (times.length < 5 || now() < end) times.push(await timed(once));
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  console.log(
    JSON.stringify({
      median: at(0.5),
      p95: at(0.95),
      least: times[0],
      // Of all threads, a run: it depends less than the rest on what else the machine does.
      cpu: (user + system) / 1000 / times.length,
      runs: times.length,
      first,
      setUp,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      ...extra,
    }),
  );
};

const timed = async (once) => {
  const start = now();
  await once();
  return now() - start;
};

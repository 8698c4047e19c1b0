/** 50,000 CIFAR pictures, shuffled, normalised and in batches for two epochs, in a process of their own: at most 1 GB at any time. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const record = 3073;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "svertka-cifar-"));
  const bytes = new Uint8Array(10_000 * record).map((_, i) => (i % record === 0 ? (i / record) % 10 : i % 251));
  for (const name of [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat("test_batch.bin"))
    writeFileSync(join(folder, name), bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the built package, as a user has it. */
const program = `
import { orReject, pipe } from "svertka";
import { batch, elements, map, normalize, prefetch, readCifar10, shuffle, statistics } from "svertka/data/node";
const { train } = await orReject(readCifar10(process.argv[1]));
const measured = await orReject(statistics(train));
const batches = pipe(train, shuffle(), map(normalize(measured)), batch(64), prefetch());
let pictures = 0;
for (const epoch of [0, 1]) for await (const { y } of elements(batches, { epoch })) pictures += y.shape[0];
console.log(JSON.stringify({ pictures, megabytes: process.resourceUsage().maxRSS / 1024 }));
`;

test("bounded memory", { timeout: 600_000 }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program, folder], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { pictures, megabytes }: { pictures: number; megabytes: number } = JSON.parse(stdout);
  expect(pictures).toBe(100_000);
  console.log(`peak: ${Math.round(megabytes)} MB`);
  expect(megabytes).toBeLessThanOrEqual(1000);
});

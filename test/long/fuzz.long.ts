/** Thousands of damaged files of every format: none crashes, hangs, takes the memory or writes anything. COUNT and SEED change them. */
import { expect, test } from "vitest";
import { fuzzFiles } from "../io/fuzz.js";

test("damaged files are read or refused in a sentence", async () => {
  const count = Number(process.env["COUNT"] ?? 2800);
  const found = await fuzzFiles(count, Number(process.env["SEED"] ?? 100_000));
  console.table(found.map((one) => ({ ...one, slowest: `${one.slowest.toFixed(0)} ms` })));
  console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`);
  for (const { format, cases, refused } of found) expect(refused, format).toBeGreaterThan(cases / 4);
}, 1_800_000);

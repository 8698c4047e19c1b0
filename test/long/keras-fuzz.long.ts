/** 2,000 damaged Keras files of every kind: none crashes, hangs or takes the memory. */
import { expect, test } from "vitest";
import { fuzzKeras } from "../io/keras/fuzz.js";
import { keptKerasFiles } from "../io/keras/kept-files.js";

test("2,000 damaged files are read or refused in a sentence", async () => {
  const { cases, refused, slowest } = await fuzzKeras(keptKerasFiles, 2000, 100_000);
  console.log(`${refused} of ${cases} refused, the slowest took ${slowest.toFixed(0)} ms`);
  expect(refused).toBeGreaterThan(cases / 2);
}, 1_200_000);

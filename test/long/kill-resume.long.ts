/** test/train/kill-resume.test.ts with 20 kills; SEED picks their moments, KILLS their number. */
import { expect, test } from "vitest";
import { workspace } from "../cli/harness.js";
import { killAndResume } from "../train/kill-resume-runs.js";

const space = workspace();
const count = Number(process.env["KILLS"] ?? 20);
const seed = Number(process.env["SEED"] ?? 20);

test(`${count} kills`, async () => {
  const { kills, runs, early } = await killAndResume(space, count, seed);
  console.log(`seed ${seed}: ${kills.map(({ at, moment }) => `${at} ${moment}`).join(", ")}`);
  console.log(
    `${kills.length} kills, ${runs} finished runs, each equal to the bit to one that nothing stopped; ${early} kills came before the first checkpoint`,
  );
  expect(kills).toHaveLength(count);
});

/** A process that SIGKILL ends at any moment goes on with --resume as if nothing had happened, to the bit. `npm run long -- kill-resume` does it 20 times. */
import { expect, test } from "vitest";
import { workspace } from "../cli/harness.js";
import { killAndResume } from "./kill-resume-runs.js";

const space = workspace();
const several = workspace();

test("five kills: at the start, at a step, in the midst of a save", { timeout: 180_000 }, async () => {
  const { kills, runs } = await killAndResume(space, 5, 1);
  expect(kills).toHaveLength(5);
  expect(runs).toBeGreaterThan(0);
  expect(new Set(kills.map(({ at }) => at))).toEqual(new Set(["start", "example", "save"]));
});

test("a task of two outputs: at a step and in the midst of a save", { timeout: 180_000 }, async () => {
  const { kills, runs } = await killAndResume(several, 3, 4, "two outputs");
  expect(kills).toHaveLength(3);
  expect(runs).toBeGreaterThan(0);
});

/** Lesson 11, kernels on a photo; and how long the lessons' programs are. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { workspace } from "../cli/harness.js";
import { examples, root } from "./lesson.js";

const space = workspace();

describe("kernels on a photo", () => {
  const jiti = join(root, "node_modules", ".bin", "jiti");
  const draw = (...words: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(jiti, [join(examples, "kernels-on-a-photo", "draw.ts"), ...words], {
      cwd: space.folder,
      encoding: "utf8",
    });

  test("each step is drawn, and each kernel", () => {
    const { status, stdout, stderr } = draw();
    expect([status, stdout, stderr]).toEqual([0, "written: runs/kernels-on-a-photo\n", ""]);
    const names = ["blur", "edge", "sharpen", "sobel-x", "sobel-y"];
    expect(space.list("runs/kernels-on-a-photo")).toEqual(
      names.flatMap((name) => [`${name}-kernel.png`, `${name}.png`]),
    );
  });

  test("a photo that is not there is one sentence", () => {
    const { status, stderr } = draw("none.png");
    expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
    expect(stderr).toMatch(/^error: none\.png: photo: /);
  });
});

test("no program of a lesson is longer than 60 lines", () => {
  const programs = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.startsWith("drawn-pictures"),
  );
  expect(programs.length).toBeGreaterThan(9);
  for (const file of programs) {
    const lines = readFileSync(join(examples, file), "utf8").trimEnd().split("\n");
    expect(lines.length, file).toBeLessThanOrEqual(60);
  }
});

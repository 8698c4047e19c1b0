/** A disk that is full while a checkpoint is saved: the old one stays, and the run goes on from it when there is room again. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { built, lastLine, workspace, type BuiltOptions, type Outcome } from "./harness.js";
import { taskText, writeData } from "./small-task.js";

const space = workspace();
const { file, list, path } = space;
const data = writeData(space, "data", { train: 60, test: 20 });

/** Takes half of a file's bytes and then has no room, as a full disk does, where TEST_ROOM is 0. */
const fullDisk = `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
const { open } = fs;
if (process.env.TEST_ROOM === "0")
  fs.open = async (path, ...rest) => {
    const file = await open(path, ...rest);
    const { writeFile } = file;
    file.writeFile = async (content) => {
      const bytes = Buffer.from(content);
      await writeFile.call(file, bytes.subarray(0, bytes.length >> 1));
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    return file;
  };
syncBuiltinESMExports();`;
const task = file("task.ts", taskText({ units: 60, epochs: 2, before: fullDisk }));

const train = (out: string, more: readonly string[], options: BuiltOptions = {}): Promise<Outcome> =>
  built(["train", task, "--data", data, "--out", path(out), "--backend", "wasm", "--quiet", ...more], options);

const checkpointOf = (out: string): Buffer => readFileSync(path(`${out}/checkpoint/weights.safetensors`));

test("the old checkpoint stays to the byte, nothing half is left, and --resume ends as if there had been room", async () => {
  expect((await train("whole", [])).code).toBe(0);
  expect((await train("run", ["--epochs", "1"])).code).toBe(0);
  const before = checkpointOf("run");
  const files = list("run");
  const full: readonly (readonly [BuiltOptions, RegExp])[] = [
    [{ env: { TEST_ROOM: "0" } }, /weights\.safetensors: cannot write: the disk is full: make room and try again$/],
    // The shell's limit on the size of a file, in blocks of 512 bytes: the weights are larger.
    [{ limit: "ulimit -f 16" }, /weights\.safetensors: cannot write: the system says EFBIG/],
  ];
  for (const [options, sentence] of full) {
    const outcome = await train("run", ["--resume"], options);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(sentence);
    expect(checkpointOf("run").equals(before)).toBe(true);
    expect(list("run")).toEqual(files);
  }
  expect((await train("run", ["--resume"])).code).toBe(0);
  expect(checkpointOf("run").equals(checkpointOf("whole"))).toBe(true);
}, 120_000);

/** Stopped and resumed is the same as never stopped, bit for bit; a kill at any moment leaves a checkpoint that goes on. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { E } from "../../src/fp.js";
import { decodeCheckpoint, type Checkpoint } from "../../src/train/index.js";
import { built, workspace, type BuiltOptions, type Outcome } from "./harness.js";
import { taskText, writeData } from "./small-task.js";

const space = workspace();
const { file, list, path } = space;
const examples = 160;
const batchSize = 4;
const data = writeData(space, "data", { train: examples, test: 20 });

/** Arrays that send this process a signal when a given example is taken for a batch: a moment that no machine's speed moves. */
const watched = `
const { TEST_SIGNAL: signal = "", TEST_EXAMPLE: moment = "" } = process.env;
let taken = 0;
class Watched extends Float32Array {
  override subarray(start?: number, end?: number): Float32Array<ArrayBuffer> {
    if (++taken === Number(moment)) process.kill(process.pid, signal);
    return super.subarray(start, end);
  }
}`;
const reading = `async () => {
  const read = await readFashionMnist(dataDir)();
  if (read._tag === "Left") return read;
  const { x, y } = read.right.train;
  return { ...read, right: { ...read.right, train: { x: { ...x, data: new Watched(x.data) }, y } } };
}`;
const text = taskText({ batchSize, units: 60, epochs: 2, before: watched });
const task = file("small.ts", text.replace("readFashionMnist(dataDir)", reading));

const train = (out: string, more: readonly string[] = [], options: BuiltOptions = {}): Promise<Outcome> =>
  built(["train", task, "--data", data, "--out", path(out), "--backend", "wasm", ...more], options);

const signalAt = (signal: NodeJS.Signals, example: number): BuiltOptions => ({
  env: { TEST_SIGNAL: signal, TEST_EXAMPLE: String(example) },
});

const checkpointOf = (out: string): Checkpoint => {
  const where = path(`${out}/checkpoint/weights.safetensors`);
  const read = decodeCheckpoint(new Uint8Array(readFileSync(where)), where);
  if (E.isLeft(read)) throw new Error(read.left.message);
  return read.right;
};

/** The bytes of every tensor, and all else that the checkpoint holds. */
const comparable = ({ tensors, ...rest }: Checkpoint): unknown => ({
  ...rest,
  tensors: tensors.map(({ name, dtype, shape, data: { buffer, byteOffset, byteLength } }) => [
    name,
    dtype,
    shape,
    Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
  ]),
});

let whole: Promise<unknown> | undefined;
/** The checkpoint of a run that nothing stopped. */
const uninterrupted = (): Promise<unknown> =>
  (whole ??= train("whole").then(({ code }) => {
    expect(code).toBe(0);
    return comparable(checkpointOf("whole"));
  }));

/** Each test runs the command several times, on a machine that may have other work. */
const patient = { timeout: 180_000 };

describe("Ctrl-C writes a checkpoint and exits 130, and --resume goes on exactly", patient, () => {
  /** Runs until a signal, and looks at what is said and left. */
  const stopped = async (out: string, more: readonly string[], options: BuiltOptions): Promise<Checkpoint> => {
    const outcome = await train(out, more, options);
    expect(outcome).toMatchObject({ code: 130, stdout: "" });
    expect(outcome.stderr).toContain("stopping after the batch at hand (Ctrl-C again quits at once)");
    expect(outcome.stderr).toMatch(
      /\ninterrupted: epoch \d, batch \d+: the checkpoint is in \S+checkpoint: the same command with --resume goes on from there\n$/,
    );
    return checkpointOf(out);
  };
  const examplesDone = ({ position }: Checkpoint): number => position.epoch * examples + position.batch * batchSize;

  test.each<readonly [string, readonly [number, number], NodeJS.Signals]>([
    ["in the first batch, then in the last of an epoch", [1, examples], "SIGINT"],
    ["within an epoch, then in the next", [75, 2 * examples - 24], "SIGTERM"],
  ])("%s", async (name, [first, second], signal) => {
    const out = name.replaceAll(" ", "-");
    const before = examplesDone(await stopped(out, [], signalAt(signal, first)));
    expect(before).toBeGreaterThanOrEqual(first);
    // The signal comes through the event loop, which turns once a batch.
    expect(before).toBeLessThanOrEqual(first + 3 * batchSize);
    const again = await stopped(out, ["--resume"], signalAt(signal, second - before));
    expect(examplesDone(again)).toBeGreaterThanOrEqual(second);
    const resumed = await train(out, ["--resume"]);
    expect(resumed.stderr).toContain(`goes on from epoch ${again.position.epoch + 1}, batch ${again.position.batch}`);
    expect(resumed.code).toBe(0);
    expect(comparable(checkpointOf(out))).toEqual(await uninterrupted());
  });

  test("a kill leaves the last epoch's checkpoint, whole; what it was writing is swept away", async () => {
    const killed = await train("killed", [], signalAt("SIGKILL", examples + 50));
    expect(killed.code).not.toBe(0);
    expect(checkpointOf("killed").position).toEqual({ epoch: 1, batch: 0, sums: {} });
    file("killed/checkpoint/weights.safetensors.tmp-0123abcd", "half");
    file("killed/history.json.tmp-0123abcd", "half");
    expect((await train("killed", ["--resume"])).code).toBe(0);
    expect(list("killed").filter((name) => name.includes(".tmp-"))).toEqual([]);
    expect(comparable(checkpointOf("killed"))).toEqual(await uninterrupted());
  });

  test("Ctrl-C while the module loads quits at once and leaves nothing", async () => {
    const early = file(
      "early.ts",
      `process.kill(process.pid, "SIGINT");\nawait new Promise((go) => setTimeout(go, 20_000));\n${text}`,
    );
    const stopped = await built(["train", early, "--data", data, "--out", path("early")]);
    expect(stopped).toEqual({
      code: 130,
      stdout: "",
      stderr: "interrupted: quits at once; the last checkpoint, if there is one, is whole\n",
    });
    expect(list("early")).toEqual([]);
  });
});

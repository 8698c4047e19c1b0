/** `svertka distribute`: two workers on this machine train what one trains; one that is killed and started again changes nothing. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { orReject, orThrow } from "../../src/errors.js";
import { readKeras } from "../../src/io/keras/read.js";
import { writeNpy } from "../../src/io/npy.js";
import { f32, i32 } from "../../src/data/nd-array.js";
import { decodeSafetensors } from "../../src/io/safetensors.js";
import type { Weights } from "../../src/run/initial-weights.js";
import { svertka } from "../cli/harness.js";
import { noPython, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "svertka-distribute-"));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** No batch normalisation and no dropout, whose numbers depend on who computes what; SGD; batches that divide. */
const taskFile = (epochs: number): string => {
  const file = join(folder, `task-${epochs}.ts`);
  writeFileSync(
    file,
    `import { conv2d, dense, f32, flatten, i32, input, model, named, pipe, relu, softmax } from "svertka";
     import { accuracy, sgd, sparseCategoricalCrossentropy, task } from "svertka/train";
     const x = f32([64, 6, 6, 2], Float32Array.from({ length: 64 * 72 }, (_, i) => Math.sin(i * i * 0.37)));
     const y = i32([64], Int32Array.from({ length: 64 }, (_, i) => i % 3));
     export default task({
       model: model(pipe(input([6, 6, 2]), named("stem", conv2d({ filters: 4, kernelSize: 3 })), relu, flatten, dense({ units: 3 }), softmax)),
       loss: sparseCategoricalCrossentropy(), optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), metrics: [accuracy()],
       epochs: ${epochs}, batchSize: 16,
       data: () => async () => ({ _tag: "Right", right: { train: { x, y }, validation: { x, y } } }),
     });`,
  );
  return file;
};

/** The folder that the command writes for so many epochs. */
const jobOf = async (epochs: number): Promise<string> => {
  const job = join(folder, `job-${epochs}`);
  expect(await svertka("distribute", taskFile(epochs), "--output", job)).toMatchObject({ code: 0 });
  return job;
};

const copied = (job: string, name: string): string => {
  cpSync(job, join(folder, name), { recursive: true });
  return join(folder, name);
};

interface Worker {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

const worker = (job: string, config: object | undefined): Worker => {
  const child = spawn(python ?? "python3", [join(job, "train.py")], {
    env: {
      ...process.env,
      CUDA_VISIBLE_DEVICES: "-1",
      TF_CPP_MIN_LOG_LEVEL: "3",
      ...(config === undefined ? {} : { TF_CONFIG: JSON.stringify(config) }),
    },
  });
  running.add(child);
  let text = "";
  child.stdout.on("data", (data) => (text += String(data)));
  child.stderr.on("data", (data) => (text += String(data)));
  return { child, said: () => text, ended: new Promise((resolve) => child.on("exit", resolve)) };
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const clusterOf = async (): Promise<(index: number) => object> => {
  const hosts = [`localhost:${await freePort()}`, `localhost:${await freePort()}`];
  return (index) => ({ cluster: { worker: hosts }, task: { type: "worker", index } });
};

const trained = async (job: string): Promise<Weights> =>
  (await orReject(readKeras(readFileSync(join(job, "model.keras")), "model.keras"))).weights;

const largestDifference = (a: Weights, b: Weights): number => {
  expect([...a.keys()]).toEqual([...b.keys()]);
  return Math.max(
    ...[...a].flatMap(([name, { data }]) =>
      Array.from(data, (value, i) => Math.abs(value - (b.get(name)?.data[i] ?? NaN))),
    ),
  );
};

const alone = async (job: string): Promise<Weights> => {
  const single = copied(job, `${job}-alone`.split("/").at(-1) ?? "alone");
  const { ended, said } = worker(single, undefined);
  expect(await ended, said()).toBe(0);
  return trained(single);
};

test("two workers give the weights of one with the whole batch, under the task's names", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  const job = await jobOf(3);
  const before = await trained(job);
  const wanted = await alone(job);
  const config = await clusterOf();
  const workers = [worker(job, config(0)), worker(job, config(1))];
  for (const { ended, said } of workers) expect(await ended, said()).toBe(0);
  const got = await trained(job);
  expect([...got.keys()].toSorted()).toEqual(["dense/bias", "dense/kernel", "stem/conv2d/bias", "stem/conv2d/kernel"]);
  expect(largestDifference(got, wanted)).toBeLessThan(1e-5);
  expect(largestDifference(got, before)).toBeGreaterThan(1e-2);

  // The way back: the same names, for the model that was written here.
  const back = join(folder, "back.safetensors");
  expect(await svertka("convert", join(job, "model.keras"), "--output", back)).toMatchObject({ code: 0 });
  const { tensors } = orThrow(decodeSafetensors(readFileSync(back), back));
  expect(
    largestDifference(
      new Map(tensors.flatMap(({ name, ...array }) => (array.dtype === "f32" ? [[name, array] as const] : []))),
      got,
    ),
  ).toBe(0);
  const [x, y] = [join(folder, "x.npy"), join(folder, "y.npy")];
  writeFileSync(
    x,
    writeNpy(
      f32(
        [1, 6, 6, 2],
        Float32Array.from({ length: 72 }, (_, i) => Math.sin(i)),
      ),
    ),
  );
  writeFileSync(y, writeNpy(i32([1], Int32Array.of(1))));
  const scored = ["--x", x, "--y", y, "--loss", "sparse_categorical_crossentropy", "--backend", "wasm"];
  const outcome = await svertka("evaluate", taskFile(3), "--weights", back, ...scored);
  expect(outcome).toMatchObject({ code: 0 });
}, 200_000);

test("a worker that is killed in the middle and started again: the run ends the same", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  const epochs = 40;
  const job = await jobOf(epochs);
  const wanted = await alone(job);
  const config = await clusterOf();
  const first = worker(job, config(0));
  const second = worker(job, config(1));
  while (!first.said().includes("epoch 5/") && first.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 100));
  second.child.kill("SIGKILL");
  await second.ended;
  const again = worker(job, config(1));
  expect(await first.ended, first.said()).toBe(0);
  expect(await again.ended, again.said()).toBe(0);
  expect(first.said()).toContain("another worker is lost, this one starts again");
  expect(largestDifference(await trained(job), wanted)).toBeLessThan(1e-4);
}, 280_000);

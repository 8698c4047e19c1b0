/** A device that fails on the way (no memory, a GPU that goes): the error comes back as a value, and every buffer is given back. */
import { describe, expect, test } from "vitest";
import { SvertkaFailure, mistake, orReject } from "../../src/errors.js";
import { TE, pipe as flow } from "../../src/fp.js";
import type { Backend, KernelDevice } from "../../src/backends/backend.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { add, compile, conv2d, dense, f32, flatten, i32, input, model, pipe, relu, softmax } from "../../src/index.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";

const image = input([6, 6, 1], { name: "image" });
const bias = input([10], { name: "bias" });
const net = model({
  inputs: { image, bias },
  outputs: {
    output: softmax(add(pipe(image, conv2d({ filters: 4, kernelSize: 3 }), relu, flatten, dense({ units: 10 })), bias)),
    twice: add(bias, bias),
  },
});
const inputs = { image: f32([2, 6, 6, 1], new Float32Array(72).fill(0.5)), bias: f32([2, 10], new Float32Array(20)) };
const batch = { x: inputs, y: { output: i32([2], Int32Array.of(3, 4)) } };

const gone = mistake("BackendFailed", "device", "device: out of memory: use a smaller batch");

type Does = "upload" | "call" | "read";

/** The backend, which fails at the n-th of these from `arm` on; `disarm` says whether it did. */
const failing = (
  backend: Backend<KernelDevice>,
): {
  readonly backend: Backend<KernelDevice>;
  readonly arm: (does: Does, at: number) => void;
  readonly disarm: () => boolean;
} => {
  let armed: { readonly does: Does; at: number } | undefined;
  const counted = (does: Does): void => {
    if (armed?.does !== does || armed.at-- > 0) return;
    armed = undefined;
    throw new SvertkaFailure(gone);
  };
  const wrap = (device: KernelDevice): KernelDevice => ({
    ...device,
    bind: undefined,
    bindJoint: undefined,
    upload: (numbers, type) => {
      counted("upload");
      return device.upload(numbers, type);
    },
    call: (call, buffers, type) => {
      counted("call");
      return device.call(call, buffers, type);
    },
    read: async (buffer) => {
      const numbers = await device.read(buffer);
      counted("read");
      return numbers;
    },
  });
  return {
    backend: { ...backend, load: flow(backend.load, TE.map(wrap)) },
    arm: (does, at) => (armed = { does, at }),
    disarm: () => {
      const failed = armed === undefined;
      armed = undefined;
      return failed;
    },
  };
};

/** Fails at every upload, call and read in turn, until the run gets through. */
const eachFailure = async (
  { arm, disarm }: Pick<ReturnType<typeof failing>, "arm" | "disarm">,
  run: () => Promise<unknown>,
  buffers: () => number,
  look: (failed: boolean) => Promise<void> = () => Promise.resolve(),
): Promise<Readonly<Record<Does, number>>> => {
  const before = buffers();
  const failures = { upload: 0, call: 0, read: 0 };
  for (const does of ["upload", "call", "read"] as const)
    for (let at = 0; at < 200; at++) {
      arm(does, at);
      const result = await run();
      const failed = disarm();
      await look(failed);
      if (!failed) {
        expect(result).toMatchObject({ _tag: "Right" });
        break;
      }
      expect(result, `${does} ${at}`).toEqual({ _tag: "Left", left: gone });
      expect(buffers(), `buffers after ${does} ${at}`).toBe(before);
      failures[does]++;
    }
  return failures;
};

describe.each([wasm, reference])("$name", (plain) => {
  test("a prediction that fails anywhere", async () => {
    const fails = failing(plain);
    const predictor = await orReject(compile(net, { backend: fails.backend }));
    await orReject(predictor.predict(inputs));
    const failed = await eachFailure(fails, predictor.predict(inputs), () => predictor.device.memory().buffers);
    expect(failed).toMatchObject({ upload: 2, read: 2 });
    expect(failed.call).toBeGreaterThan(3);
    predictor.dispose();
  });

  test("the first prediction of a batch size, whose program is made in it", async () => {
    const fails = failing(plain);
    const before = (await orReject(plain.load)).memory().buffers;
    for (const [does, at] of [
      ["upload", 1],
      ["call", 0],
      ["call", 2],
      ["read", 0],
    ] as const) {
      const predictor = await orReject(compile(net, { backend: fails.backend }));
      fails.arm(does, at);
      expect(await predictor.predict(inputs)()).toEqual({ _tag: "Left", left: gone });
      expect(await predictor.predict(inputs)()).toMatchObject({ _tag: "Right" });
      predictor.dispose();
    }
    if (plain === wasm) expect((await orReject(plain.load)).memory().buffers).toBe(before);
  });

  test("weights that find no room: compile, trainer and setWeights say so and hold nothing", async () => {
    const fails = failing(plain);
    const { device, ...kept } = await orReject(
      trainer({
        model: net,
        backend: fails.backend,
        loss: { output: sparseCategoricalCrossentropy(), twice: null },
        optimizer: adam(),
      }),
    );
    const buffers = (): number => device.memory().buffers;
    const before = buffers();
    const weights = await kept.weights();
    const moved = new Map(
      [...weights].map(([name, array]) => [
        name,
        f32(
          array.shape,
          array.data.map((value) => value + 1),
        ),
      ]),
    );
    const isFull = { _tag: "Left", left: gone };
    fails.arm("upload", 2);
    expect(kept.setWeights(moved)).toEqual(isFull);
    expect(await kept.weights()).toEqual(weights);
    const snapshot = await kept.snapshot();
    fails.arm("upload", 3);
    expect(kept.restore(snapshot, "test")).toEqual(isFull);
    fails.arm("upload", 2);
    expect(await compile(net, { backend: fails.backend })()).toEqual(isFull);
    fails.arm("upload", 6);
    expect(
      await trainer({
        model: net,
        backend: fails.backend,
        loss: { output: sparseCategoricalCrossentropy(), twice: null },
        optimizer: adam(),
      })(),
    ).toEqual(isFull);
    expect(buffers()).toBe(before);
    kept.dispose();
  });

  test("a training step that fails anywhere changes no weight", async () => {
    const fails = failing(plain);
    const training = await orReject(
      trainer({
        model: net,
        backend: fails.backend,
        loss: { output: sparseCategoricalCrossentropy(), twice: null },
        optimizer: adam(),
      }),
    );
    await orReject(training.step(batch));
    const { device } = training;
    let before = await training.weights();
    const failed = await eachFailure(
      fails,
      training.step(batch),
      () => device.memory().buffers,
      async (hasFailed) => {
        const after = await training.weights();
        if (hasFailed) expect(after).toEqual(before);
        before = after;
      },
    );
    expect(failed.upload).toBeGreaterThan(2);
    expect(failed.call).toBeGreaterThan(10);
    training.dispose();
  });
});

/** Callbacks: when they are asked, what they write, what they stop. */
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { mistake, orReject, orThrow, SvertkaFailure } from "../../src/errors.js";
import { E, TE } from "../../src/fp.js";
import {
  accuracy,
  adam,
  callback,
  cosineDecay,
  csvLog,
  csvOf,
  earlyStopping,
  eventFileHeader,
  fit,
  modelCheckpoint,
  reduceLearningRateOnPlateau,
  scalarRecord,
  sparseCategoricalCrossentropy,
  tensorBoard,
  trainer,
  type Callback,
  type FitOptions,
  type Optimizer,
} from "../../src/train/index.js";
import { inferenceGraph } from "../../src/index.js";
import { decodeCheckpoint, encodeCheckpoint, optimizerPage } from "../../src/train/checkpoint.js";
import { crc32c } from "../../src/train/callbacks/crc32c.js";
import { examplesOf, smallNet } from "./small-task.js";
import { readTraining } from "./training-fixtures.js";

const train = examplesOf(20, 1);

const runWith = async (
  callbacks: readonly Callback[],
  more: Partial<FitOptions> = {},
  optimizer: Optimizer = adam(),
): Promise<Awaited<ReturnType<ReturnType<typeof fit>>>> => {
  const running = await orReject(
    trainer({
      model: smallNet,
      backend: reference,
      optimizer,
      loss: sparseCategoricalCrossentropy(),
      metrics: [accuracy()],
    }),
  );
  const result = await fit(running, { train, epochs: 2, batchSize: 10, callbacks, ...more })();
  running.dispose();
  return result;
};

describe("moments", () => {
  test("are typed records, in order", async () => {
    const said: string[] = [];
    const note = callback({
      onTrainBegin: ({ epochs, names }) => (said.push(`begin ${epochs} ${names.join()}`), TE.of(undefined)),
      onEpochBegin: ({ epoch }) => (said.push(`epoch ${epoch}`), TE.of(undefined)),
      onBatchEnd: ({ batch, batches, examples, metrics }) => (
        said.push(`batch ${batch}/${batches} ${examples} ${Object.keys(metrics).join()}`),
        TE.of("continue")
      ),
      onEpochEnd: ({ position }) => (said.push(`end, next ${position.epoch}`), TE.of("continue")),
      onTrainEnd: ({ ended }) => (said.push(ended), TE.of(undefined)),
      logs: () => ({ extra: 7 }),
    });
    const result = await runWith([note], { validation: examplesOf(6, 9) });
    const epoch = (n: number): readonly string[] => [
      `epoch ${n}`,
      "batch 1/2 10 loss,accuracy",
      "batch 2/2 20 loss,accuracy",
      `end, next ${n + 1}`,
    ];
    expect(said).toEqual(["begin 2 loss,accuracy,val_loss,val_accuracy", ...epoch(0), ...epoch(1), "done"]);
    expect(E.isRight(result) && result.right.history["extra"]).toEqual([7, 7]);
  });

  test("a batch's wish to stop is heard at once", async () => {
    const result = await runWith([callback({ onBatchEnd: () => TE.of("stop") })]);
    expect(result).toMatchObject({ right: { ended: "stopped", position: { epoch: 0, batch: 1 } } });
  });

  test("a failure ends the training", async () => {
    const failing = callback({
      onEpochBegin: () => TE.left(mistake("BadFile", "disk", "log: the disk is full: make room")),
    });
    expect(await runWith([failing])).toEqual({
      _tag: "Left",
      left: { tag: "BadFile", where: "disk", message: "log: the disk is full: make room" },
    });
  });
});

describe("what users write badly", () => {
  const oh = (): never => {
    throw new Error("oh");
  };
  test.each<readonly [string, Callback]>([
    ["onTrainBegin", callback({ name: "mine", onTrainBegin: oh })],
    ["onEpochBegin", callback({ name: "mine", onEpochBegin: oh })],
    ["onBatchEnd", callback({ name: "mine", onBatchEnd: () => async () => oh() })],
    ["onEpochEnd", callback({ name: "mine", onEpochEnd: oh })],
    ["onTrainEnd", callback({ name: "mine", onTrainEnd: oh })],
    ["logs", callback({ name: "mine", logs: oh })],
    ["state", callback({ name: "mine", state: oh })],
  ])("%s that throws is an error value that names the callback", async (_, bad) => {
    expect(await runWith([bad])).toEqual({
      _tag: "Left",
      left: { tag: "BadOption", where: "callback mine", message: "it throws Error: oh: correct it" },
    });
  });

  test("onBatch and onEpoch too; a thrown SvertkaFailure is its own error", async () => {
    expect(await runWith([], { onBatch: oh })).toMatchObject({ left: { where: "callback onBatch" } });
    expect(await runWith([], { onEpoch: oh })).toMatchObject({ left: { where: "callback onEpoch" } });
    const error = mistake("BadFile", "disk", "log: the disk is full: make room");
    const throwing = callback({
      onEpochEnd: () => {
        throw new SvertkaFailure(error);
      },
    });
    expect(await runWith([throwing])).toEqual({ _tag: "Left", left: error });
  });

  test("what was saved before stays", async () => {
    const saved: number[] = [];
    const bad = callback({ onEpochEnd: ({ epoch }) => (epoch === 1 ? oh() : TE.of("continue")) });
    const save = modelCheckpoint({ save: ({ epoch }) => (saved.push(epoch), TE.of(undefined)) });
    expect(E.isLeft(await runWith([bad, save], { epochs: 3 }))).toBe(true);
    expect(saved).toEqual([0]);
  });
});

describe("what callbacks remember", () => {
  /** Counts epochs by itself. */
  const counting = (name: string, step: number) => {
    let count = 0;
    const own = callback({
      name,
      onEpochEnd: () => ((count += step), TE.of("continue")),
      state: () => ({ count }),
      restore: (state) => {
        count = typeof state === "object" && state !== null && "count" in state ? Number(state["count"]) : -1;
      },
    });
    return { own, now: () => count };
  };

  test("goes with the result and back into a resumed run, also where two have one name", async () => {
    const first = [counting("a", 1), counting("a", 10)];
    const seen: unknown[] = [];
    const last = callback({ onEpochEnd: ({ callbackStates }) => (seen.push(callbackStates), TE.of("continue")) });
    const result = await runWith([...first.map(({ own }) => own), last]);
    const states = { a: { count: 2 }, a_1: { count: 20 } };
    expect(seen).toEqual([{ a: { count: 1 }, a_1: { count: 10 } }, states]);
    expect(result).toMatchObject({ right: { callbackStates: states } });
    const again = [counting("a", 1), counting("a", 10)];
    const from = { position: { epoch: 2, batch: 0, sums: {} }, history: {}, callbackStates: states };
    await runWith(
      again.map(({ own }) => own),
      { epochs: 3, from },
    );
    expect(again.map(({ now }) => now())).toEqual([3, 30]);
  });

  test("a checkpoint keeps it, with the optimiser's schedule; older ones have none", () => {
    const { graph } = orThrow(inferenceGraph(smallNet));
    const learningRate = cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 });
    const page = {
      graph,
      tensors: [],
      position: { epoch: 1, batch: 0, sums: {} },
      history: { loss: [1] },
      seed: 0,
      batchSize: 8,
      optimizer: optimizerPage(adam({ learningRate })),
      loss: "any",
    };
    const read = (more: object) => decodeCheckpoint(encodeCheckpoint({ ...page, ...more }).weights, "test");
    const states = { mine: { best: [1, 2], name: "x", none: null } };
    expect(orThrow(read({ callbackStates: states })).callbackStates).toEqual(states);
    expect(orThrow(read({})).callbackStates).toEqual({});
    expect(orThrow(read({})).optimizer.schedule).toEqual({
      name: "cosine_decay",
      options: { initialLearningRate: 0.1, decaySteps: 10 },
    });
    expect(read({ callbackStates: [1] })).toMatchObject({
      left: { message: expect.stringContaining("the field callbackStates is missing or malformed") },
    });
  });
});

describe("what watches a number", () => {
  test.each([
    ["earlyStopping: the history has no 'val_loss', it has loss, accuracy: give validation data", earlyStopping()],
    [
      "modelCheckpoint: the history has no 'auc', it has loss, accuracy: use one of them",
      modelCheckpoint({ save: () => TE.of(undefined), monitor: "auc", saveBestOnly: true }),
    ],
    [
      "earlyStopping: patience -1 is not a whole number of at least 0: use 0 or more",
      earlyStopping({ monitor: "loss", patience: -1 }),
    ],
    [
      "reduceLearningRateOnPlateau: factor 1 is not in [0, 1): use a number such as 0.1",
      reduceLearningRateOnPlateau({ monitor: "loss", factor: 1 }),
    ],
  ])("says before the first epoch: %s", async (message, watching) => {
    expect(await runWith([watching])).toMatchObject({ _tag: "Left", left: { tag: "BadOption", message } });
  });

  test("a plateau cannot lower what a schedule decides", async () => {
    const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }) });
    const result = await runWith([reduceLearningRateOnPlateau({ monitor: "loss" })], {}, optimizer);
    expect(result).toMatchObject({
      left: { message: "learningRate: the schedule cosine_decay decides it: give the optimizer a number instead" },
    });
  });

  test("saves every second epoch, or the best only", async () => {
    const saved: string[] = [];
    const save =
      (name: string) =>
      ({ epoch }: { readonly epoch: number }) => (saved.push(`${name} ${epoch}`), TE.of(undefined));
    await runWith(
      [
        modelCheckpoint({ save: save("second"), every: 2 }),
        modelCheckpoint({ save: save("best"), saveBestOnly: true, monitor: "constant", mode: "min" }),
      ],
      { epochs: 4 },
    ).then((result) => {
      expect(result).toMatchObject({ left: { message: expect.stringContaining("has no 'constant'") } });
    });
    saved.length = 0;
    const constant = callback({ logs: () => ({ accuracy: 0.5 }) });
    await runWith(
      [
        constant,
        modelCheckpoint({ save: save("second"), every: 2 }),
        modelCheckpoint({ save: save("best"), saveBestOnly: true, monitor: "accuracy" }),
      ],
      { epochs: 4 },
    );
    expect(saved).toEqual(["best 0", "second 1", "second 3"]);
  });
});

describe("logs", () => {
  test("CSV is Keras's: names in order, epochs from 0", () => {
    expect(csvOf({ loss: [0.5, 0.25], accuracy: [0.1, 0.75] })).toBe("epoch,accuracy,loss\n0,0.1,0.5\n1,0.75,0.25\n");
    expect(csvOf({})).toBe("epoch\n");
  });

  test("csvLog hands on the whole text each time", async () => {
    const texts: string[] = [];
    await runWith([csvLog({ write: (text) => (texts.push(text), TE.of(undefined)) })]);
    expect(texts.map((text) => text.split("\n").length)).toEqual([3, 4]);
  });

  test("CRC-32C has RFC 3720's values", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  test("event files have TensorFlow's bytes", () => {
    interface EventCase {
      readonly wallTime: number;
      readonly step?: number;
      readonly scalars?: Readonly<Record<string, number>>;
      readonly bytes: string;
    }
    for (const { wallTime, step, scalars, bytes } of readTraining<EventCase>("events").cases) {
      const made =
        scalars === undefined ? eventFileHeader(wallTime) : scalarRecord({ wallTime, step: step ?? 0, scalars });
      expect(Buffer.from(made).toString("hex")).toBe(bytes);
    }
  });

  test("TensorBoard gets a run for training and one for validation", async () => {
    const written: string[] = [];
    const append = (run: string, bytes: Uint8Array) => {
      const text = Buffer.from(bytes).toString("latin1");
      written.push(
        `${run}: ${["brain.Event", "epoch_loss", "epoch_accuracy"].filter((tag) => text.includes(tag)).join()}`,
      );
      return TE.of(undefined);
    };
    await runWith([tensorBoard({ append, now: () => 0 })], { validation: examplesOf(6, 9), epochs: 1 });
    expect(written).toEqual([
      "train: brain.Event",
      "validation: brain.Event",
      "train: epoch_loss,epoch_accuracy",
      "validation: epoch_loss,epoch_accuracy",
    ]);
  });
});

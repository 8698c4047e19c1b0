/** Options of TensorFlow are read once, when it starts: what is put into the environment for it, and that a second choice is refused. */
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NodeOptions } from "../../../src/backends/node/options.js";

const names = ["TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH", "CUDA_VISIBLE_DEVICES", "TF_NUM_INTRAOP_THREADS"];

const before = { ...process.env };
beforeEach(() => {
  for (const name of names) Reflect.deleteProperty(process.env, name);
});
afterEach(() => {
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
});

/** As in a process of its own. */
const fresh = async () => {
  vi.resetModules();
  return (await import("../../../src/backends/node/options.js")).applyOptions;
};

const environment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const quiet = { TF_CPP_MIN_LOG_LEVEL: "2" };

describe("what TensorFlow finds in its environment", () => {
  test.each<[NodeOptions, Readonly<Record<string, string>>]>([
    [{}, { ...quiet, TF_FORCE_GPU_ALLOW_GROWTH: "true" }],
    [{ memoryGrowth: false }, { ...quiet, TF_FORCE_GPU_ALLOW_GROWTH: "false" }],
    [{ gpus: [] }, { ...quiet, TF_FORCE_GPU_ALLOW_GROWTH: "true", CUDA_VISIBLE_DEVICES: "-1" }],
    [{ gpus: [1, 3] }, { ...quiet, TF_FORCE_GPU_ALLOW_GROWTH: "true", CUDA_VISIBLE_DEVICES: "1,3" }],
    [{ threads: 2 }, { ...quiet, TF_FORCE_GPU_ALLOW_GROWTH: "true", TF_NUM_INTRAOP_THREADS: "2" }],
  ])("of %j", async (options, expected) => {
    const applyOptions = await fresh();
    expect(applyOptions(options)).toMatchObject({ _tag: "Right" });
    expect(environment()).toEqual(expected);
  });

  test("what the user set there stays, where no option says otherwise", async () => {
    const applyOptions = await fresh();
    Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: "0", TF_FORCE_GPU_ALLOW_GROWTH: "false" });
    applyOptions({});
    expect(environment()).toEqual({ TF_CPP_MIN_LOG_LEVEL: "0", TF_FORCE_GPU_ALLOW_GROWTH: "false" });
  });
});

test("the same options again, or none, are taken; others are refused", async () => {
  const applyOptions = await fresh();
  expect(applyOptions({ threads: 1 })).toMatchObject({ _tag: "Right" });
  expect(applyOptions({ threads: 1 })).toMatchObject({ _tag: "Right" });
  expect(applyOptions({})).toMatchObject({ _tag: "Right" });
  expect(applyOptions({ threads: 2 })).toMatchObject({
    left: {
      tag: "BadOption",
      message: "nodeWith: TensorFlow started in this process with other options: use the same",
    },
  });
  expect(environment()["TF_NUM_INTRAOP_THREADS"]).toBe("1");
});

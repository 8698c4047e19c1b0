/** What a device has no memory for is an error value with the size and what to lower, leaves nothing behind, and the process goes on. */
import { describe, expect, test } from "vitest";
import { ort } from "../../src/backends/ort/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { loadWasmBackend } from "../../src/backends/tfjs/wasm/instance.js";
import { orReject } from "../../src/errors.js";
import {
  compile,
  conv2d,
  f32,
  globalAvgPool2d,
  input,
  maxPool2d,
  model,
  pipe,
  zeroPadding2d,
  type NdArray,
} from "../../src/index.js";

/** 36 million million elements between its input and its result: more than any machine has. */
const wide = model(pipe(input([1, 1, 1]), zeroPadding2d({ padding: 3_000_000 }), globalAvgPool2d));

// node: test/backends/node/session.test.ts; GPUs: test/browser/gpu.browser.ts.
describe.each([
  [
    "wasm",
    wasm,
    /^wasm: out of memory in WebAssembly's 4 GB: no room for \[1, 6000001, 6000001, 1\], 144000\.0 GB: use/,
  ],
  ["cpu", cpu, /^cpu: out of memory in JavaScript's arrays: no room for \[1, 6000001, 6000001, 1\], 144000\.0 GB: use/],
  [
    "reference",
    reference,
    /^reference: out of memory in .*: no room for \[1, 6000001, 6000001, 1\], 288000\.1 GB: use/,
  ],
  ["ort", ort, /^ort: out of memory \(it asked for \d+ MiB\): use a smaller batch/],
] as const)("on %s", (name, backend, sentence) => {
  test("a tensor larger than any memory is refused in one sentence", async () => {
    const predictor = await orReject(compile(wide, { backend }));
    const failed = await predictor.predict(f32([1, 1, 1, 1], Float32Array.of(1)))();
    predictor.dispose();
    expect(failed).toMatchObject({ _tag: "Left", left: { tag: "BackendFailed", where: name } });
    const message = "left" in failed ? failed.left.message : "";
    expect(message).toMatch(sentence);
    expect(message).toMatch(/a smaller model$/);
    expect(message.length).toBeLessThanOrEqual(200);
  });
});

describe("WebAssembly's memory, used up", () => {
  const side = 512;
  const net = model(
    pipe(input([side, side, 1]), conv2d({ filters: 64, kernelSize: 1 }), maxPool2d({ poolSize: 2 }), globalAvgPool2d),
  );
  const pictures = (count: number): NdArray<"f32"> =>
    f32([count, side, side, 1], new Float32Array(count * side * side).fill(0.5));

  test("a run that finds none leaves nothing behind; the next one that fits computes what it did before", async () => {
    const predictor = await orReject(compile(net, { backend: wasm }));
    const run = async (count: number) => predictor.predict(pictures(count))();
    const { output } = await orReject(predictor.predict(pictures(1)));
    // All but less than 300 MB is taken, in pieces that nobody touches: the machine needs no such memory.
    const backend = await loadWasmBackend();
    const mebibyte = 2 ** 20;
    const taken = [1536, 1536, 512, 256].map((size) => backend.makeOutput([(size * mebibyte) / 4], "float32").dataId);
    const before = predictor.device.memory().buffers;
    // 8 · 512² · 64 floats are 537 MB.
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await run(8)).toMatchObject({
        left: { tag: "BackendFailed", message: expect.stringContaining("no room for [8, 512, 512, 64], 537 MB") },
      });
    // A program that was made for eight keeps its weights in panels.
    expect(predictor.device.memory().buffers - before).toBeLessThanOrEqual(1);
    expect(await orReject(predictor.predict(pictures(1)))).toEqual({ output });
    for (const dataId of taken) backend.disposeData(dataId);
    const eight = await orReject(predictor.predict(pictures(8)));
    expect(eight["output"]?.data.slice(0, 64)).toEqual(output?.data);
    predictor.dispose();
  });
});

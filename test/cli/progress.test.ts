/** Progress of commands that take over a second: bars on a terminal, lines elsewhere, nothing with --quiet, the same files in each case. */
import { PassThrough } from "node:stream";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { progressSteps } from "../../src/cli/progress-steps.js";
import { run } from "../../src/cli/run.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { f32, fromArrays, i32 } from "../../src/data/index.js";
import { compile, dense, input, model, orReject, pipe } from "../../src/index.js";
import { writeNpy } from "../../src/io/index.js";
import { evaluate, meanSquaredError, sgd, trainer } from "../../src/train/index.js";
import { svertka, workspace } from "./harness.js";

const { file, path } = workspace();
const module = file(
  "net.ts",
  `import { dense, input, model, pipe, softmax } from "svertka";
export default model(pipe(input([2]), dense({ units: 2 }), softmax));`,
);
const count = 700; // more than five times what a predictor computes at once, three batches of an evaluation
const x = file(
  "x.npy",
  writeNpy(
    f32(
      [count, 2],
      Float32Array.from({ length: count * 2 }, (_, i) => Math.sin(i)),
    ),
  ),
);
const y = file(
  "y.npy",
  writeNpy(
    i32(
      [count],
      Int32Array.from({ length: count }, (_, i) => i % 2),
    ),
  ),
);

/** As if much time passed between any two looks at the clock. */
const slowly = (): void => {
  const now = performance.now.bind(performance);
  let passed = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now() + (passed += 6000));
};
afterEach(() => void vi.restoreAllMocks());

const predict = ["predict", module, "--input", x, "--backend", "cpu", "--output"];
const evaluateArguments = ["evaluate", module, "--x", x, "--y", y, "--loss", "sparse_categorical_crossentropy"];

test("predict: lines, none with --quiet or when it is quick, and the same bytes", async () => {
  const quick = await svertka(...predict, path("quick"));
  expect(quick.stderr).not.toContain(" of 700");
  slowly();
  const slow = await svertka(...predict, path("slow"));
  expect(slow.stderr.split("\n").filter((line) => line.startsWith("examples"))).toEqual(
    [128, 256, 384, 512, 640].map((done) => `examples  ${done} of 700`),
  );
  expect(await svertka(...predict, path("quiet"), "--quiet")).toMatchObject({ code: 0, stderr: "" });
  for (const out of ["slow", "quiet"])
    expect(readFileSync(path(`${out}/output.npy`)).equals(readFileSync(path("quick/output.npy")))).toBe(true);
});

test("evaluate and the end of fit", async () => {
  slowly();
  const judged = await svertka(...evaluateArguments, "--backend", "cpu");
  expect(judged.stderr).toContain("examples  256 of 700\nexamples  512 of 700\n");
  expect(await svertka(...evaluateArguments, "--backend", "cpu", "--quiet")).toMatchObject({ code: 0, stderr: "" });
  const fitted = await svertka("fit", ...evaluateArguments.slice(1), "--optimizer", "sgd", "--backend", "cpu");
  expect(fitted.stderr).toContain("epoch 1/1  13 %");
  expect(fitted.stderr).toContain("examples judged  256 of 700\n");
});

test("predict and evaluate of the API tell how far they are, of data sets, too", async () => {
  const net = model(pipe(input([2]), dense({ units: 1 })));
  const examples = {
    x: f32([300, 2] as const, new Float32Array(600)),
    y: f32([300, 1] as const, new Float32Array(300)),
  };
  const heard: (readonly [number, number | undefined])[] = [];
  const onProgress = (done: number, of: number | undefined): void => void heard.push([done, of]);
  const ready = await orReject(compile(net, { backend: cpu }));
  const wanted = [128, 256, 300].map((done) => [done, 300]);
  for (const data of [examples.x, fromArrays(examples)]) {
    await orReject(ready.predict(data, { onProgress }));
    expect(heard.splice(0)).toEqual(wanted);
  }
  const made = await orReject(trainer({ model: net, backend: cpu, loss: meanSquaredError(), optimizer: sgd() }));
  for (const data of [examples, fromArrays(examples)]) {
    await orReject(evaluate(made, data, { batchSize: 200, onProgress }));
    expect(heard.splice(0)).toEqual([
      [200, 300],
      [300, 300],
    ]);
  }
});

test("convert says what it is at", async () => {
  const convert = (...more: readonly string[]): ReturnType<typeof svertka> =>
    svertka("convert", module, "--output", path("net.onnx"), ...more);
  expect((await convert()).stderr).not.toContain("…");
  slowly();
  const { code, stderr } = await convert();
  expect(code).toBe(0);
  expect(stderr).toContain(`reads ${module} …\n`);
  expect(stderr).toContain(`makes ONNX of it …\nwrites ${path("net.onnx")} …\n`);
  expect(await convert("--quiet")).toMatchObject({ code: 0, stderr: "" });
});

describe("on a terminal", () => {
  // Sound: what a bar uses of a terminal's stream.
  const screen = (): NodeJS.WriteStream =>
    Object.assign(new PassThrough({ encoding: "utf8" }), {
      isTTY: true,
      columns: 100,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    }) as unknown as NodeJS.WriteStream;
  const shownOn = (stream: NodeJS.WriteStream): string => String(stream.read() ?? "");

  test("a bar after a second, which goes when it is done, and no lines", async () => {
    const bar = screen();
    const notes: string[] = [];
    const terminal = { result: () => undefined, error: () => undefined, note: (text: string) => notes.push(text), bar };
    slowly();
    expect(await run([...predict, path("bar")], { ...terminal, note: terminal.note })).toBe(0);
    expect(notes.filter((text) => text.startsWith("examples"))).toEqual([]);
    expect(shownOn(bar)).toMatch(/examples {2}\S+ {2}128\/700/);
  });

  test("nothing in the first second, and of an unknown number", () => {
    const bar = screen();
    const notes: string[] = [];
    const terminal = { result: () => undefined, error: () => undefined, note: (text: string) => notes.push(text), bar };
    const quick = progressSteps(terminal, "examples", 10);
    quick.done(5);
    quick.close();
    slowly();
    const endless = progressSteps(terminal, "examples");
    endless.done(5);
    endless.close();
    expect([shownOn(bar), notes]).toEqual(["", []]);
  });
});

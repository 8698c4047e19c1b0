/** `svertka predict`: the numbers of the API, from files to files. */
import { encode } from "fast-png";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { E } from "../../src/fp.js";
import { compile, conv2d, f32, flatten, input, model, orReject, pipe, relu, type NdArray } from "../../src/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { i32, u8 } from "../../src/data/index.js";
import { encodeSafetensors, readNpy, writeNpy } from "../../src/io/index.js";
import { svertka, workspace } from "./harness.js";
import { taskText, writeData } from "./small-task.js";

const space = workspace();
const { file, list, path } = space;

const net = model(pipe(input([6, 5, 1]), conv2d({ filters: 3, kernelSize: 3 }), relu, flatten));
const module = file(
  "net.ts",
  `import { conv2d, flatten, input, model, pipe, relu } from "svertka";
export default model(pipe(input([6, 5, 1]), conv2d({ filters: 3, kernelSize: 3 }), relu, flatten));`,
);
const two = file(
  "two.ts",
  `import { add, input, model } from "svertka";
const left = input([2]);
const right = input([2]);
export default model({ inputs: { left, right }, outputs: { sum: add(left, right), twice: add(left, left) } });`,
);

const count = 131; // more than a predictor computes at once
const pixels = Uint8Array.from({ length: count * 30 }, (_, i) => (i * 37) % 251);
const x = f32(
  [count, 6, 5, 1],
  Float32Array.from(pixels, (value) => value / 250),
);

const picture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(fileURLToPath(new URL(`../fixtures/folders/tree/${name}`, import.meta.url))));
const jpeg = (name: string): Uint8Array => picture(`cats/${name}`);

/** The same with another size in its frame header (SOF0: length, precision, height, width). */
const huge = (): Uint8Array => {
  const bytes = jpeg("b.jpg");
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  new DataView(bytes.buffer).setUint32(frame + 5, 65_000 * 65_536 + 65_000);
  return bytes;
};

const hugePng = (): Uint8Array => {
  const bytes = encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0) });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(16, 65_000);
  view.setUint32(20, 65_000);
  return bytes;
};

const npy = (name: string): NdArray => {
  const read = readNpy(new Uint8Array(readFileSync(path(name))), name);
  if (E.isLeft(read)) throw new Error(read.left.message);
  return read.right;
};

/** What the API gives. */
const expected = async (
  given: NdArray<"f32">,
  weights?: ReadonlyMap<string, NdArray<"f32">>,
): Promise<NdArray<"f32">> => {
  const predictor = await orReject(compile(net, { backend: cpu, weights }));
  const { output } = await orReject(predictor.predict(given));
  if (output === undefined) throw new Error("no output");
  return output;
};

const predict = (given: string, out: string, ...more: readonly string[]): ReturnType<typeof svertka> =>
  svertka("predict", module, "--input", given, "--output", path(out), "--backend", "cpu", ...more);

test("any number of examples: the numbers of the API, in float32", async () => {
  const { code, stdout, stderr } = await predict(file("x.npy", writeNpy(x)), "out");
  expect({ code, stdout }).toEqual({ code: 0, stdout: `output [${count}, 36] in ${path("out/output.npy")}\n` });
  expect(stderr).toContain("the module has no weights: fresh ones of seed 0 are taken");
  expect(npy("out/output.npy")).toEqual(await expected(x));
});

test.each([
  // By tf.io.decode_jpeg(bytes, dct_method="INTEGER_ACCURATE"): the sum of the bytes, the first and the last three.
  ["b.jpg", [24, 32, 3], 267_266, [249, 154, 100], [22, 76, 162]],
  ["a.jpeg", [16, 16, 1], 26_143, [197, 186, 168], [99, 125, 143]],
] as const)("a JPEG: the pixels of TensorFlow's decoder, %s", async (name, shape, sum, first, last) => {
  const flat = file(
    `${name}.ts`,
    `import { flatten, input, model, pipe } from "svertka";
export default model(pipe(input([${shape.join(", ")}]), flatten));`,
  );
  // Names are often wrong: a JPEG that is called .png is read, too.
  for (const given of [file(name, jpeg(name)), file(`${name}.png`, jpeg(name))]) {
    const { code } = await svertka("predict", flat, "--input", given, "--output", path("jpeg"), "--backend", "cpu");
    expect(code).toBe(0);
    const bytes = [...npy("jpeg/output.npy").data].map((value) => Math.round(value * 255));
    expect([bytes.length, bytes.reduce((a, b) => a + b, 0)]).toEqual([shape[0] * shape[1] * shape[2], sum]);
    expect([bytes.slice(0, 3), bytes.slice(-3)]).toEqual([first, last]);
  }
});

// What scripts/goldens/make_folders.py wrote them from.
const palette = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [90, 120, 30],
];
test.each([
  [
    "of a palette",
    "dogs/2.png",
    [6, 8, 3],
    Array.from({ length: 48 }, (_, i) => palette[((i % 8) * 7 + Math.floor(i / 8) * 3) % 4]).flat(),
  ],
  ["of one bit", "dogs/3.png", [3, 10, 1], Array.from("101100100100001111111111111110", (bit) => 255 * Number(bit))],
] as const)("a PNG %s", async (_, name, shape, wanted) => {
  const flat = file(
    "flat.ts",
    `import { flatten, input, model, pipe } from "svertka";
export default model(pipe(input([${shape.join(", ")}]), flatten));`,
  );
  const given = file("picture.png", picture(name));
  expect(await svertka("predict", flat, "--input", given, "--output", path("png"), "--backend", "cpu")).toMatchObject({
    code: 0,
  });
  expect([...npy("png/output.npy").data].map((value) => Math.round(value * 255))).toEqual(wanted);
});

test("--weights of a file, and --json", async () => {
  const kernel = f32(
    [3, 3, 1, 3],
    Float32Array.from({ length: 27 }, (_, i) => (i - 13) / 10),
  );
  const bias = f32([3], Float32Array.of(0.5, -0.5, 0));
  const weights = new Map([["conv2d/kernel", kernel] as const, ["conv2d/bias", bias] as const]);
  const tensors = [...weights].map(([name, array]) => ({ ...array, name }));
  const given = file("w.safetensors", encodeSafetensors(tensors));
  const { code, stdout, stderr } = await predict(path("x.npy"), "weighted", "--weights", given, "--json", "--quiet");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    backend: "cpu",
    outputs: [{ name: "output", shape: [count, 36], file: path("weighted/output.npy") }],
  });
  expect(npy("weighted/output.npy")).toEqual(await expected(x, weights));
  const lacking = file("lacking.safetensors", encodeSafetensors(tensors.slice(1)));
  expect(await predict(path("x.npy"), "lacking", "--weights", lacking)).toMatchObject({
    code: 2,
    stderr: `error: ${lacking}: weights: 'conv2d/kernel' [3, 3, 1, 3] is missing: give the weights of this model\n`,
  });
});

test("bytes and whole numbers are taken as they are, a picture from 0 to 1", async () => {
  const bytes = u8([1, 6, 5, 1], pixels.slice(0, 30));
  const floats = f32(bytes.shape, Float32Array.from(bytes.data));
  await predict(file("bytes.npy", writeNpy(bytes)), "bytes");
  expect(npy("bytes/output.npy")).toEqual(await expected(floats));
  await predict(file("whole.npy", writeNpy(i32(bytes.shape, Int32Array.from(bytes.data)))), "whole");
  expect(npy("whole/output.npy")).toEqual(npy("bytes/output.npy"));
  const png = encode({ width: 5, height: 6, channels: 1, depth: 8, data: bytes.data });
  await predict(file("picture.png", png), "picture");
  expect(npy("picture/output.npy")).toEqual(
    await expected(
      f32(
        floats.shape,
        floats.data.map((value) => value / 255),
      ),
    ),
  );
});

test("--check-inputs refuses NaN before anything is written; without it NaN goes through the model", async () => {
  const holed = f32([2, 6, 5, 1], x.data.slice(0, 60));
  holed.data[37] = Number.NaN;
  const given = file("holed.npy", writeNpy(holed));
  expect(await predict(given, "checked", "--check-inputs", "--quiet")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "error: input: predict: 'input' holds 1 NaN or infinite value, the first is NaN at [1, 1, 2, 0]: replace them, or predict without checkInputs\n",
  });
  expect(list("checked")).toEqual([]);
  expect((await predict(given, "unchecked", "--quiet")).code).toBe(0);
  expect(npy("unchecked/output.npy").data.some(Number.isNaN)).toBe(true);
  expect((await predict(path("x.npy"), "clean", "--check-inputs", "--quiet")).code).toBe(0);
});

test("several inputs by name, several outputs", async () => {
  const left = file("left.npy", writeNpy(f32([2, 2], Float32Array.of(1, 2, 3, 4))));
  const right = file("right.npy", writeNpy(f32([2, 2], Float32Array.of(10, 20, 30, 40))));
  const run = (...inputs: readonly string[]): ReturnType<typeof svertka> =>
    svertka(
      "predict",
      two,
      ...inputs.flatMap((given) => ["--input", given]),
      "--output",
      path("two"),
      "--backend",
      "cpu",
    );
  expect((await run(`left=${left}`, `right=${right}`)).code).toBe(0);
  expect(list("two")).toEqual(["sum.npy", "twice.npy"]);
  expect(npy("two/sum.npy").data).toEqual(Float32Array.of(11, 22, 33, 44));
  expect((await run(left)).stderr).toBe(
    `error: --input: ${left}: the model has 2 inputs: give each by name, as NAME=X.npy (left, right)\n`,
  );
  expect((await run(`left=${left}`)).stderr).toMatch(/error: right: predict: nothing is given for the input 'right'/);
  expect((await run(`left=${left}`, `up=${right}`)).stderr).toBe(
    "error: --input: the model has no input 'up': its inputs are left, right\n",
  );
  expect((await run(`left=${left}`, `left=${right}`)).stderr).toMatch(
    /error: --input: the input 'left' is given twice/,
  );
});

test("a checkpoint folder predicts without its source", async () => {
  const data = writeData(space, "data", { train: 32, test: 8 });
  await svertka("train", file("small.ts", taskText({ epochs: 1 })), "--data", data, "--out", path("run"), "--quiet");
  const given = file(
    "three.npy",
    writeNpy(
      f32(
        [3, 28, 28, 1],
        Float32Array.from({ length: 3 * 784 }, (_, i) => (i % 17) / 17),
      ),
    ),
  );
  const args = ["--input", given, "--backend", "cpu", "--quiet"];
  expect((await svertka("predict", path("run/checkpoint"), "--output", path("of-folder"), ...args)).code).toBe(0);
  const rows = npy("of-folder/output.npy");
  expect(rows.shape).toEqual([3, 10]);
  expect(Array.from(rows.data).reduce((sum, value) => sum + value, 0)).toBeCloseTo(3, 4);
  const weights = path("run/checkpoint/weights.safetensors");
  await svertka("predict", path("small.ts"), "--weights", weights, "--output", path("of-module"), ...args);
  expect(npy("of-module/output.npy")).toEqual(rows);
  expect((await svertka("predict", path("run"), "--weights", weights, "--output", path("no"), ...args)).code).toBe(2);
});

test("outputs whose names would be one file have a file each", async () => {
  const alike = file(
    "alike.ts",
    `import { add, input, model } from "svertka";
const left = input([2]);
export default model({ inputs: { left }, outputs: { "a:b": left, "a?b": add(left, left), "A:B": add(left, left) } });`,
  );
  const given = file("alike.npy", writeNpy(f32([1, 2], Float32Array.of(1, 3))));
  const { code, stderr } = await svertka(
    "predict",
    alike,
    "--input",
    given,
    "--output",
    path("alike"),
    "--backend",
    "cpu",
  );
  expect(stderr).not.toContain("error:");
  expect(code).toBe(0);
  expect(list("alike")).toEqual(["A_B_3.npy", "a_b.npy", "a_b_2.npy"]);
  expect(npy("alike/a_b.npy").data).toEqual(Float32Array.of(1, 3));
  expect(npy("alike/a_b_2.npy").data).toEqual(Float32Array.of(2, 6));
});

describe("what is refused leaves no output", () => {
  test.each<readonly [string, string, Uint8Array | string | undefined, number, RegExp]>([
    ["a missing file", "gone.npy", undefined, 2, /^error: \S+gone\.npy: input: no such file: check the path$/],
    [
      "another shape",
      "shape.npy",
      writeNpy(f32([1, 5, 6, 1], new Float32Array(30))),
      2,
      /predict: 'input' is \[1, 5, 6, 1\], the model needs \[n, 6, 5, 1\]: give data of that shape$/,
    ],
    ["a file that is cut short", "cut.npy", writeNpy(x).subarray(0, 500), 2, /cut\.npy: npy: .*cut short$/],
    ["no array", "text.npy", "hello, this is text", 2, /text\.npy: npy: does not begin with/],
    ["no picture", "text.png", "hello", 2, /text\.png: picture: it is neither JPEG nor PNG: give a picture/],
    [
      "a kind of picture that is to come",
      "photo.webp",
      "…",
      3,
      /photo\.webp: input: \.webp pictures are not readable yet: save it as \.png or \.jpg/,
    ],
    ["a PNG that says it is huge", "huge.png", hugePng(), 2, /huge\.png: picture: 65000x65000 are more than 64 meg/],
    ["a JPEG that is none", "text.jpg", "hello", 2, /text\.jpg: picture: it is neither JPEG nor PNG: give a picture/],
    ["a JPEG that is cut short", "cut.jpeg", jpeg("b.jpg").subarray(0, 500), 2, /cut\.jpeg: picture: the JPEG is cut/],
    ["a JPEG's header alone", "head.jpg", jpeg("b.jpg").subarray(0, 100), 2, /head\.jpg: picture: its header of 100/],
    [
      "a JPEG that says it is huge",
      "huge.jpg",
      huge(),
      2,
      /huge\.jpg: picture: 65000x65000 are more than 64 megapixels/,
    ],
  ])("%s", async (_, name, content, code, sentence) => {
    const outcome = await predict(content === undefined ? path(name) : file(name, content), "refused");
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
    expect(outcome.stderr.trimEnd().split("\n").at(-1)).toMatch(sentence);
    expect(list("refused")).toEqual([]);
  });
});

/** `svertka draw`: files that are pictures, and one sentence for what cannot be drawn. */
import { readFileSync } from "node:fs";
import { decode, encode } from "fast-png";
import { expect, test } from "vitest";
import { f32, i32 } from "../../src/data/nd-array.js";
import { writeNpy } from "../../src/io/npy.js";
import { lastLine, svertka, workspace } from "./harness.js";

const space = workspace();
const net = space.file(
  "net.ts",
  `import { conv2d, dense, flatten, input, model, named, pipe, softmax } from "svertka";
export default model(pipe(input([8, 8, 3]), named("stem", (x) => pipe(x, conv2d({ filters: 4, kernelSize: 3, activation: "relu" }))), flatten, dense({ units: 3 }), softmax));
`,
);
const png = (width: number, channels: number): Uint8Array =>
  encode({
    width,
    height: 8,
    channels,
    data: Uint8Array.from({ length: width * 8 * channels }, (_, i) => (i * 37) % 256),
  });
const photo = space.file("photo.png", png(8, 3));
const pictures = space.file("x.npy", writeNpy(f32([2, 8, 8, 3], new Float32Array(384).fill(0.5))));
const history = space.file("run/history.json", '{ "loss": [0.8, NaN, 0.4], "val_loss": [0.9, 0.6, 0.5] }');
const out = space.path("out/drawing.svg");

const drawn = async (...args: readonly string[]): Promise<string> => {
  const { code, stderr } = await svertka("draw", ...args, "--output", out, "--backend", "reference");
  expect(stderr).not.toMatch(/^error/m);
  expect(code).toBe(0);
  return readFileSync(out, "utf8");
};

test("feature maps of layers on pictures of a .png and an .npy file", async () => {
  const svg = await drawn(net, "--layer", "stem/conv2d", "--image", photo, "--image", pictures, "--channels", "0-1,3");
  expect(svg.match(/<image /g)).toHaveLength(3 * (1 + 3));
  for (const text of ["photo.png", "x.npy 1", "stem/conv2d", "channel 3, 6 × 6"]) expect(svg).toContain(text);
});

test("feature maps on a JPEG", async () => {
  const wide = space.file(
    "wide.ts",
    `import { conv2d, input, model, pipe } from "svertka";
export default model(pipe(input([24, 32, 3]), conv2d({ filters: 2, kernelSize: 3 })));`,
  );
  const jpeg = readFileSync(new URL("../fixtures/folders/tree/cats/b.jpg", import.meta.url));
  const svg = await drawn(wide, "--layer", "conv2d", "--image", space.file("b.jpg", jpeg));
  expect(svg).toContain("b.jpg");
  expect(svg.match(/<image /g)).toHaveLength(1 + 2);
});

test("kernels of a layer, and one made by hand, on a dark ground as PNG", async () => {
  expect(await drawn(net, "--kernels", "--layer", "stem/conv2d")).toContain("[3, 3, 3, 4]");
  const edges = space.file("edges.npy", writeNpy(i32([3, 3], Int32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1))));
  const file = space.path("edges.png");
  const { code, stdout } = await svertka("draw", edges, "--output", file, "--dark", "--scale", "1", "--json");
  expect(code).toBe(0);
  const { width, height, data } = decode(readFileSync(file));
  expect(JSON.parse(stdout)).toEqual({ kind: "a kernel", file, width, height });
  expect(Array.from(data.slice(0, 3))).toEqual([0x16, 0x18, 0x1d]);
});

const labels = (...numbers: readonly number[]) => writeNpy(i32([numbers.length], Int32Array.from(numbers)));
const truth = space.file("y.npy", labels(0, 2));

test("the graph of a model, folded and not", async () => {
  for (const text of ["8×8×3", "6×6×4", "conv2d 3×3, 4", "stem/conv2d"]) expect(await drawn(net)).toContain(text);
  expect(await drawn(net, "--unfold")).toContain(">softmax<");
});

test("a confusion matrix of a model, of its outputs and of class numbers", async () => {
  expect(await drawn(net, "--x", pictures, "--y", truth, "--class-names", "cat,dog,<owl>")).toContain("&lt;owl&gt;");
  const outputs = space.file("p.npy", writeNpy(f32([2, 3], Float32Array.of(0.8, 0.1, 0.1, 0.2, 0.7, 0.1))));
  expect(await drawn(outputs, "--y", truth)).toContain("1 of 2 right, 50.0 %");
  const names = space.file("names.txt", "cat\ndog\nowl\n");
  expect(await drawn(space.file("c.npy", labels(0, 2)), "--y", truth, "--class-names", names)).toContain("100 %");
});

test("Grad-CAM and saliency of a class by its name", async () => {
  const cam = await drawn(net, "--image", photo, "--grad-cam", "--class", "dog", "--class-names", "cat,dog,owl");
  for (const text of ["Grad-CAM at stem/conv2d", "for dog", "photo.png"]) expect(cam).toContain(text);
  expect(await drawn(net, "--image", pictures, "--saliency")).toMatch(/x\.npy 1<tspan[^>]*>for class \d/);
});

test("operators before the passes, and calls after them with their layers", async () => {
  const { code } = await svertka("draw", net, "--passes", "--output", out, "--backend", "wasm");
  expect(code).toBe(0);
  const svg = readFileSync(out, "utf8");
  // The model's convolution, bias and relu, which README's fusion says is one call.
  for (const text of ["operators before", ">biasAdd<", "conv2d + biasAdd + relu", "kernel calls became"])
    expect(svg).toContain(text);
});

test("misclassified pictures", async () => {
  const svg = await drawn(net, "--misclassified", "--x", pictures, "--y", truth);
  // Equal pictures are one class for the net, and two here: one of them or both are wrong.
  expect(svg).toMatch(/net\.ts: [12] of 2 wrong/);
});

test("a history, with a gap for what is no number", async () => {
  const svg = await drawn(history);
  for (const text of [">Training history: run<", ">validation<"]) expect(svg).toContain(text);
  expect(svg).not.toContain("NaN");
});

const refusals: readonly (readonly [string, readonly string[], string])[] = [
  [
    "an unknown ending",
    [net, "--output", space.path("a.jpg")],
    "'.jpg' is no format of drawings: end it in .svg or .png",
  ],
  ["no ending", [net, "--output", space.path("a")], "the name has no ending: end it in .svg or .png"],
  ["an unknown layer", [net, "--layer", "conv2d", "--image", photo], "perhaps 'stem/conv2d' is meant"],
  ["a layer that is no image", [net, "--layer", "dense", "--image", photo], "the layer gives [1, 3] for an image"],
  [
    "a layer without a kernel",
    [net, "--kernels", "--layer", "flatten"],
    "has no kernel: choose one that has, as stem/conv2d, dense",
  ],
  ["kernels of no layer", [net, "--kernels"], "name it, as --layer conv2d"],
  [
    "a picture of another size",
    [net, "--layer", "stem/conv2d", "--image", space.file("wide.png", png(9, 3))],
    "it is 8 × 9 × 3, the model takes 8 × 8 × 3",
  ],
  [
    "a grey picture",
    [net, "--layer", "stem/conv2d", "--image", space.file("grey.png", png(8, 1))],
    "it is 8 × 8 × 1, the model takes 8 × 8 × 3",
  ],
  [
    "a corrupt picture",
    [net, "--layer", "stem/conv2d", "--image", space.file("cut.png", png(8, 3).slice(0, 60))],
    "save the picture again",
  ],
  ["no picture", [net, "--layer", "stem/conv2d", "--image", space.path("none.png")], "no such file: check the path"],
  [
    "channels that are no numbers",
    [net, "--layer", "stem/conv2d", "--image", photo, "--channels", "a"],
    "write 0,3,8-15",
  ],
  [
    "a channel that is not there",
    [net, "--layer", "stem/conv2d", "--image", photo, "--channels", "9"],
    "channel 9 of 4",
  ],
  [
    "an unknown colour map",
    [net, "--layer", "stem/conv2d", "--image", photo, "--colours", "jet"],
    "inferno, magma, viridis, grey",
  ],
  [
    "options that do not go together",
    [net, "--kernels", "--layer", "stem/conv2d", "--channels", "1"],
    "--channels: it does not go with kernels",
  ],
  ["a history that is none", [space.file("a.json", "[1]")], "it is no object of lists"],
  ["a history cut short", [space.file("b.json", '{ "loss": [0.1')], "it is no JSON"],
  ["a history of words", [space.file("c.json", '{ "loss": ["low"] }')], "'loss' is no list of numbers"],
  ["a history without a number", [space.file("d.json", '{ "loss": [NaN, null] }')], "no finite value to draw"],
  [
    "labels out of range",
    [net, "--x", pictures, "--y", truth, "--class-names", "cat,dog"],
    "class 2 is out of range, 2 names are given",
  ],
  [
    "labels that are none",
    [net, "--x", pictures, "--y", space.file("f.npy", writeNpy(f32([2], Float32Array.of(0.5, 1))))],
    "label 0 is 0.5, whole numbers from 0",
  ],
  [
    "labels of other examples",
    [net, "--x", pictures, "--y", space.file("three.npy", labels(0, 1, 2))],
    "3 labels and 2 predictions",
  ],
  ["labels without inputs", [net, "--y", truth], "give --x FILE.npy"],
  [
    "mistakes without pictures",
    [space.file("q.npy", labels(0, 1)), "--y", truth, "--misclassified"],
    "give a model with --x and --y",
  ],
  ["too many classes", [space.file("m.npy", labels(0, 5000)), "--y", truth], "5001 of them, at most 2000 can be drawn"],
  ["an absurd scale", [history, "--output", space.path("big.png"), "--scale", "1e6"], "give a smaller scale"],
  ["an array that is no kernel", [space.file("v.npy", writeNpy(f32([3], new Float32Array(3))))], "[kh, kw]"],
];
test.each(refusals)("%s is refused in one sentence", async (_, args, sentence) => {
  const output = args.includes("--output") ? [] : ["--output", space.path("refused.svg")];
  const outcome = await svertka("draw", ...args, ...output, "--backend", "reference");
  expect(lastLine(outcome)).toContain(sentence);
  expect(lastLine(outcome)).toMatch(/^error: /);
  expect(lastLine(outcome).length).toBeLessThan(330);
  expect(outcome.code).toBe(2);
  expect(space.list(".").filter((name) => /refused|big|a\.jpg/.test(name))).toEqual([]);
});

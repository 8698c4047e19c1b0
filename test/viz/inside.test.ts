/** Feature maps and kernels: colours and numbers that stand in the drawing, and what is refused. */
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { f32 } from "../../src/data/index.js";
import { orThrow, render, type SvertkaError } from "../../src/errors.js";
import { E, type Either } from "../../src/fp.js";
import { featureMaps, kernelGrid, type Drawing } from "../../src/viz/index.js";

const errorOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? `${result.left.tag}: ${render(result.left)}` : "no error";

/** The bytes of the pictures in a drawing. */
const picturesOf = ({ svg }: Drawing): readonly (readonly number[])[] =>
  [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, text = ""]) => [
    ...decode(Buffer.from(text, "base64")).data,
  ]);

const pixels = f32([2, 2, 1], Float32Array.of(0, 1, 1, 0));
const maps = (...values: readonly number[]) => f32([1, 2, 2], Float32Array.from(values));

describe("featureMaps", () => {
  // The ends of matplotlib's tables: matplotlib.colormaps["inferno"](0.0), (1.0).
  test.each([
    ["inferno", [0, 0, 4], [252, 255, 164]],
    ["magma", [0, 0, 4], [252, 253, 191]],
    ["viridis", [68, 1, 84], [253, 231, 37]],
    ["grey", [0, 0, 0], [255, 255, 255]],
  ] as const)("%s goes from the least value of a channel to its greatest", (colours, least, greatest) => {
    const images = [{ label: "a", pixels, layers: [{ name: "conv2d", maps: maps(3, 0, 7, 5) }] }];
    const [, first, second] = picturesOf(orThrow(featureMaps({ title: "", images, colours })));
    expect(first).toEqual([...least, ...greatest]);
    expect(second).toEqual([...least, ...greatest]);
  });

  test("images share the range of a channel, and NaN takes the first colour", () => {
    const images = [
      { label: "a", pixels, layers: [{ name: "conv2d", maps: maps(0, 0, 10, NaN) }] },
      { label: "b", pixels, layers: [{ name: "conv2d", maps: maps(5, 0, 0, 1) }] },
    ];
    const drawn = picturesOf(orThrow(featureMaps({ title: "", images, colours: "grey", channels: [0] })));
    expect(drawn[1]).toEqual([0, 0, 0, 255, 255, 255]);
    expect(drawn[3]).toEqual([128, 128, 128, 0, 0, 0]);
  });

  test("says which layer, how large, and how many of its channels are drawn", () => {
    const many = f32([1, 3, 5, 100], new Float32Array(1500));
    const { svg } = orThrow(
      featureMaps({ title: "A & B", images: [{ label: "x", pixels, layers: [{ name: "stem/conv", maps: many }] }] }),
    );
    for (const text of [">A &amp; B<", ">stem/conv<", "3 × 5, 64 of 100 channels", ">63<"]) expect(svg).toContain(text);
    expect(svg).not.toContain(">64<");
  });

  test("refuses a layer that gives no image, channels that are not there, too many images", () => {
    const seen = (shape: readonly number[]) => [
      {
        label: "x",
        pixels,
        layers: [{ name: "dense", maps: f32(shape, new Float32Array(shape.reduce((a, b) => a * b))) }],
      },
    ];
    expect(errorOf(featureMaps({ title: "", images: seen([1, 10]) }))).toBe(
      "BadData: dense: feature maps: the layer gives [1, 10] for an image, [height, width, channels] is needed: choose a layer that gives images",
    );
    expect(errorOf(featureMaps({ title: "", images: seen([2, 2, 4]), channels: [4] }))).toBe(
      "BadOption: dense: feature maps: channel 4 of 4, 0 to 3 are there: name some of these",
    );
    expect(errorOf(featureMaps({ title: "T", images: [] }))).toMatch(/no image or no layer/);
    const images = Array.from({ length: 17 }, () => seen([1, 1, 1])).flat();
    expect(errorOf(featureMaps({ title: "T", images }))).toMatch(/17 images, at most 16/);
  });
});

describe("kernelGrid", () => {
  test("draws the numbers of a kernel made by hand, 0 white, by their place", () => {
    const edges = f32([3, 3], Float32Array.of(-1, -1, -1, -1, 8, -1, 0, -0.5, 0.001));
    const { svg } = orThrow(kernelGrid({ title: "edges", kernel: edges }));
    const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" fill="[^"]+">([^<]+)</g)].map(
      ([, , , text]) => text,
    );
    expect(texts).toEqual(["−1", "−1", "−1", "−1", "8", "−1", "0", "−0.50", "1e−3"]);
    expect(svg).toContain("white is 0, red is −8, blue is 8");
  });

  test("of several filters and channels, each stands at its place", () => {
    // Element [0, 0, channel, filter] is 10 channel + filter.
    const kernel = f32([1, 1, 2, 3], Float32Array.of(0, 1, 2, 10, 11, 12));
    const { svg } = orThrow(kernelGrid({ title: "", kernel }));
    expect([...svg.matchAll(/fill="#[0f]{6}">([^<]+)</g)].map(([, text]) => text)).toEqual([
      "0",
      "1",
      "2",
      "10",
      "11",
      "12",
    ]);
    for (const text of [">filter 2<", ">channel 1<"]) expect(svg).toContain(text);
  });

  test("many are pictures, those on three channels in colour", () => {
    const drawn = (shape: readonly number[]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(0).map((_, i) => (i === 0 ? -1 : 0));
      return orThrow(kernelGrid({ title: "", kernel: f32(shape, data) }));
    };
    const colour = drawn([7, 7, 3, 96]);
    expect(picturesOf(colour)).toHaveLength(64);
    expect(picturesOf(colour)[0]?.slice(0, 3)).toEqual([0, 128, 128]);
    expect(colour.svg).toContain("the first 64 of 96 filters; each as the image that it answers most, grey is 0");
    const wide = drawn([3, 3, 40, 2]);
    expect(picturesOf(wide)).toHaveLength(2 * 16);
    expect(wide.svg).toContain("the first 16 of 40 input channels");
    expect(picturesOf(drawn([784, 128]))).toHaveLength(1);
  });

  test("refuses other shapes and weights without a colour", () => {
    expect(errorOf(kernelGrid({ title: "k", kernel: f32([3], new Float32Array(3)) }))).toBe(
      "BadData: k: kernels: shape [3], [kh, kw] or [kh, kw, channels, filters] is needed: choose a 2-D layer",
    );
    expect(errorOf(kernelGrid({ title: "k", kernel: f32([1, 1], Float32Array.of(NaN)) }))).toMatch(/NaN or infinite/);
  });
});

test("a drawing shows itself in a notebook, and is its text elsewhere", () => {
  const drawing = orThrow(kernelGrid({ title: "", kernel: f32([1, 1], Float32Array.of(1)) }));
  const display: unknown = Reflect.get(drawing, Symbol.for("Jupyter.display"));
  expect(typeof display === "function" && display.call(drawing)).toEqual({ "image/svg+xml": drawing.svg });
  expect(String(drawing)).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+"/);
});

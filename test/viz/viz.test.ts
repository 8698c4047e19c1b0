/** Pictures: what stands in the SVG, that the PNG has real text and pixels, and bad input as error values. */
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { f32, u8 } from "../../src/data/index.js";
import { orReject, orThrow, render, type SvertkaError } from "../../src/errors.js";
import { E, type Either } from "../../src/fp.js";
import { historyChart, historyPanels, imageGrid, predictionCaption, svgToPng, toPicture } from "../../src/viz/node.js";

const errorOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? `${result.left.tag}: ${render(result.left)}` : "no error";

const history = {
  loss: [0.7, 0.5, 0.4],
  val_loss: [0.6, 0.5, 0.45],
  accuracy: [0.7, 0.8, 0.85],
  val_accuracy: [0.75, 0.8, 0.82],
  lr: [0.1, 0.1, 0.1],
};

describe("historyPanels", () => {
  it("puts a metric and its validation twin together, also where one is missing", () => {
    expect(historyPanels(history).map(({ label, series }) => [label, series.map(({ name }) => name)])).toEqual([
      ["loss", ["training", "validation"]],
      ["accuracy", ["training", "validation"]],
      ["lr", ["training"]],
    ]);
    expect(historyPanels({ val_top_k: [1] })).toEqual([
      { label: "top k", series: [{ name: "validation", values: [1] }] },
    ]);
  });
});

describe("historyChart", () => {
  it("has a title, a legend, and two lines a panel", async () => {
    const svg = await orReject(
      historyChart({ title: "A & <B>", panels: historyPanels(history).slice(0, 2), xLabel: "epoch" }),
    );
    for (const text of ["A &amp; &lt;B&gt;", ">loss<", ">accuracy<", ">training<", ">validation<", ">epoch<"])
      expect(svg.svg).toContain(text);
    const lines = svg.svg.match(/aria-roledescription="line mark"/g) ?? [];
    expect(lines).toHaveLength(4);
    expect(svg.svg).not.toContain("NaN");
  });

  it.each([1, 2, 3, 4, 10])("of %i epochs, each has its number", async (epochs) => {
    const columns = { loss: Array.from({ length: epochs }, (_, i) => 1 / (i + 1)) };
    const { svg } = await orReject(historyChart({ title: "", panels: historyPanels(columns) }));
    const [labels = ""] = svg.match(/<g class="mark-text role-axis-label"[\s\S]*?<\/g>/) ?? [];
    const numbers = [...labels.matchAll(/>(\d+)</g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: epochs }, (_, i) => i + 1));
  });

  it("leaves a gap for NaN and draws a single epoch", async () => {
    const gap = await orReject(
      historyChart({
        title: "",
        panels: [{ label: "loss", series: [{ name: "training", values: [1, 2, NaN, 4, Infinity, 6, 7] }] }],
      }),
    );
    expect(gap.svg).not.toMatch(/NaN|Infinity/);
    await orReject(historyChart({ title: "", panels: historyPanels({ loss: [0.5] }) }));
  });

  it("says when there is nothing to draw", async () => {
    for (const columns of [{}, { loss: [] }, { loss: [NaN] }])
      expect(errorOf(await historyChart({ title: "run", panels: historyPanels(columns) })())).toBe(
        "BadData: run: history: no finite value to draw: train for an epoch at least",
      );
  });
});

describe("toPicture", () => {
  const pixelsOf = (uri: string): readonly number[] => [...decode(Buffer.from(uri.split(",")[1] ?? "", "base64")).data];

  it("scales floats, cuts off what is outside, and keeps bytes", () => {
    expect(pixelsOf(orThrow(toPicture(f32([2, 2], Float32Array.of(-1, 0.2, 1, NaN)))).uri)).toEqual([0, 51, 255, 0]);
    expect(pixelsOf(orThrow(toPicture(u8([1, 2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)))).uri)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it("refuses what is no image", () => {
    expect(errorOf(toPicture(f32([4], new Float32Array(4))))).toBe(
      "BadData: picture: shape [4], [h, w] or [h, w, 1, 3 or 4] is needed: reshape the image",
    );
    expect(errorOf(toPicture(f32([1, 1, 2], new Float32Array(2))))).toMatch(/shape \[1, 1, 2\]/);
    expect(errorOf(toPicture(f32([0, 4], new Float32Array(0))))).toMatch(/1 to 16384 pixels a side/);
  });
});

describe("imageGrid", () => {
  const pixels = u8([2, 2, 1], Uint8Array.of(0, 255, 255, 0));

  it("draws each image with its caption, the wrong ones red", () => {
    const images = [
      { pixels, ...predictionCaption({ predicted: "Coat", probability: 0.987, actual: "Coat" }) },
      { pixels, ...predictionCaption({ predicted: "<Bag>", probability: 0.5, actual: "Coat" }) },
    ];
    const svg = orThrow(imageGrid({ title: "T", images, columns: 8 }));
    expect(svg.svg.match(/<image /g)).toHaveLength(2);
    expect(svg.svg).toContain(">Coat 99 %<");
    expect(svg.svg).toMatch(/<g fill="#c01722"><text[^>]*>&lt;Bag&gt; 50 %<\/text><text[^>]*>is Coat<\/text>/);
  });

  it("refuses no images and no columns", () => {
    expect(errorOf(imageGrid({ title: "T", images: [], columns: 2 }))).toBe(
      "BadData: T: image grid: 0 images, at least 1 is needed: give some",
    );
    const images = [{ pixels, caption: "", tone: "plain" as const }];
    expect(errorOf(imageGrid({ title: "T", images, columns: 0 }))).toMatch(/BadOption: T: image grid: 0 columns/);
  });
});

describe("svgToPng", () => {
  const svg = (text: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="60" height="20" fill="#fff"/><text x="2" y="15" font-family="Nowhere, sans-serif" font-size="14">${text}</text></svg>`;

  it("draws text without system fonts, Cyrillic and the minus sign too, at the scale asked for", async () => {
    const pictures = await Promise.all(
      ["", "a", "ж", "−"].map(async (text) => decode(await orReject(svgToPng(svg(text), { scale: 3 })))),
    );
    expect(pictures.map(({ width, height }) => [width, height])).toEqual(Array.from({ length: 4 }, () => [180, 60]));
    const dark = pictures.map(({ data }) => data.filter((value) => value < 128).length);
    expect(dark[0]).toBe(0);
    for (const count of dark.slice(1)) expect(count).toBeGreaterThan(50);
  });

  it("gives an error value for no SVG and absurd sizes", async () => {
    expect(errorOf(await svgToPng("<html")())).toMatch(/^BadData: png: SVG: cannot be drawn \(.*\): check the SVG$/);
    expect(errorOf(await svgToPng(svg("a"), { scale: 1000 })())).toBe(
      "BadOption: png: PNG: 1200000000 pixels, at most 67108864 can be drawn: give a smaller scale",
    );
    expect(errorOf(await svgToPng(svg("a"), { scale: NaN })())).toMatch(/scale NaN/);
  });
});

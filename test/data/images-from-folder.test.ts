/** `imagesFromFolder` against Keras's `image_dataset_from_directory` on a tree of small pictures, and what is wrong with folders and files. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { batch, elements, imagesFromFolder, toArrays, type FolderOptions } from "../../src/data/node.js";
import { isImageName } from "../../src/data/node/list-images.js";
import { orReject, render, type SvertkaError } from "../../src/errors.js";
import { E } from "../../src/fp.js";

const fixtures = fileURLToPath(new URL("../fixtures/folders", import.meta.url));
const tree = join(fixtures, "tree");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "svertka-folder-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Reading {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly labels: readonly (number | readonly number[] | null)[];
  readonly classNames: readonly string[] | null;
  readonly shape: readonly number[];
  readonly at: number;
}
const { readings }: { readonly readings: readonly Reading[] } = JSON.parse(
  readFileSync(join(fixtures, "keras.json"), "utf8"),
);
const bytes = readFileSync(join(fixtures, "keras.bin"));

/** Keras's options under svertka's names. */
const optionsOf = ({ options }: Reading): FolderOptions => {
  const { label_mode, color_mode, labels, only: _, ...rest } = options;
  const camel = Object.entries(rest).map(([name, value]) => [
    name.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return {
    shuffle: false,
    workers: 0,
    ...Object.fromEntries(camel),
    ...(label_mode === undefined ? {} : { labelMode: label_mode }),
    ...(color_mode === undefined ? {} : { colorMode: color_mode }),
    ...(labels === null ? { labels: "none" } : {}),
  };
};

describe("the same as Keras: files, order, labels, pictures", () => {
  test.each(readings)("$name", async (reading) => {
    let from = tree;
    if (reading.options["only"] === "png") {
      from = join(folder, "png");
      cpSync(tree, from, { recursive: true, filter: (path) => !/\.(jpe?g|JPG)$|3\.png$/.test(path) });
    }
    const data = await orReject(imagesFromFolder(from, optionsOf(reading)));
    expect(data.files.map((file) => relative(from, file))).toEqual(reading.files);
    expect(data.classNames).toEqual(reading.classNames ?? []);
    const [, height = 0, width = 0, channels = 0] = reading.shape;
    const size = height * width * channels;
    let i = 0;
    for await (const { x, y } of elements(data)) {
      expect(x.shape).toEqual([height, width, channels]);
      const label = reading.labels[i] ?? undefined;
      expect(y === undefined ? undefined : y.shape.length === 0 ? y.data[0] : [...y.data]).toEqual(label);
      const expected = Array.from({ length: size }, (_, at) => bytes.readFloatLE(reading.at + 4 * (i * size + at)));
      const worst = expected.reduce((most, value, at) => Math.max(most, Math.abs((x.data[at] ?? 9) * 255 - value)), 0);
      // Decoders of JPEG round differently; greys of colours are rounded in another place.
      const file = reading.files[i] ?? "";
      expect(worst, file).toBeLessThanOrEqual(file.endsWith(".png") ? 1.001 : 4.001);
      i++;
    }
    expect(i).toBe(reading.files.length);
  });
});

describe("the order by seed", () => {
  const orderOf = async (options: FolderOptions, reading?: { seed?: number; epoch?: number }): Promise<string> => {
    const data = await orReject(imagesFromFolder(tree, { imageSize: [4, 4], workers: 0, ...options }));
    let text = "";
    for await (const { x } of elements(data, reading)) text += `${(x.data[0] ?? 0).toFixed(3)} `;
    return text;
  };
  it("is the same for the same seed and epoch, with another number of threads too", async () => {
    const first = await orderOf({ seed: 3 });
    expect(await orderOf({ seed: 3, workers: 2 })).toBe(first);
    expect(await orderOf({ seed: 4 })).not.toBe(first);
    expect(await orderOf({ seed: 3 }, { epoch: 1 })).not.toBe(first);
    expect(await orderOf({}, { seed: 3 })).not.toBe(await orderOf({}, { seed: 4 }));
  });

  it("training and validation data have no picture in common", async () => {
    const [training, validation] = await orReject(
      imagesFromFolder(tree, { validationSplit: 0.4, subset: "both", seed: 5 }),
    );
    const all = await orReject(imagesFromFolder(tree));
    expect([...training.files, ...validation.files].toSorted()).toEqual([...all.files].toSorted());
    expect(validation.files).toHaveLength(5);
    const alone = await orReject(imagesFromFolder(tree, { validationSplit: 0.4, subset: "validation", seed: 5 }));
    expect(alone.files).toEqual(validation.files);
  });
});

describe("labels as a list, links", () => {
  it("takes a number a file, in sorted order", async () => {
    const flat = join(folder, "flat");
    mkdirSync(flat);
    for (const [i, name] of ["b", "a", "c"].entries()) writeGrey(join(flat, `${name}.png`), i * 100);
    const data = await orReject(
      imagesFromFolder(flat, { labels: [0, 2, 1], shuffle: false, colorMode: "grayscale", workers: 0 }),
    );
    const { x, y } = await orReject(toArrays(data));
    expect([...y.data]).toEqual([0, 2, 1]);
    expect([x.data[0], x.data[4], x.data[8]].map((value) => Math.round((value ?? 0) * 255))).toEqual([100, 0, 200]);
    expect(data.classNames).toEqual(["0", "1", "2"]);
  });

  it("follows links when asked, and does not go in circles", async () => {
    const root = join(folder, "links");
    for (const name of ["one", "two"]) mkdirSync(join(root, name), { recursive: true });
    writeGrey(join(root, "one", "a.png"), 1);
    writeGrey(join(root, "two", "b.png"), 2);
    symlinkSync(join(root, "one"), join(root, "two", "loop"));
    symlinkSync(root, join(root, "one", "up"));
    const names = async (followLinks: boolean): Promise<readonly string[]> =>
      (await orReject(imagesFromFolder(root, { followLinks, shuffle: false }))).files.map((file) =>
        relative(root, file),
      );
    expect(await names(false)).toEqual(["one/a.png", "two/b.png"]);
    expect(await names(true)).toEqual(expect.arrayContaining(["one/a.png", "two/b.png", "two/loop/a.png"]));
  });
});

const writeGrey = (path: string, value: number): void =>
  writeFileSync(path, encode({ width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(value) }));

const errorOf = async (from: string, options: FolderOptions = {}): Promise<string> => {
  const opened = await imagesFromFolder(from, { shuffle: false, imageSize: [4, 4], workers: 0, ...options })();
  if (E.isLeft(opened)) return render(opened.left);
  const read = await toArrays(Array.isArray(opened.right) ? opened.right[0] : opened.right)();
  return E.isLeft(read) ? render(read.left) : "no error";
};

describe("what is wrong with a folder, in one sentence", () => {
  const made = (name: string, files: Readonly<Record<string, Uint8Array | string>>): string => {
    const root = join(folder, name);
    mkdirSync(root, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return root;
  };
  const png = readFileSync(join(tree, "cats", "z2.png"));

  it.each<[string, () => string, FolderOptions, RegExp]>([
    ["no folder", () => join(folder, "nowhere"), {}, /folder of pictures: there is no such folder: give the folder/],
    ["a file", () => join(tree, "readme.md"), {}, /it is no folder: give the folder that holds the pictures$/],
    [
      "empty",
      () => made("empty", {}),
      {},
      /there are no folders of classes in it: put each class in its own, or read it/,
    ],
    [
      "empty, no labels",
      () => made("empty", {}),
      { labels: "none" },
      /there is no \.jpg, \.jpeg or \.png in it: is it/,
    ],
    [
      "no pictures",
      () => made("texts", { "a/x.txt": "", "b/y.md": "" }),
      {},
      /there is no \.jpg, \.jpeg or \.png in its 2/,
    ],
    [
      "one class",
      () => made("one-class", { "cats/1.png": png }),
      {},
      /it has one class, 'cats', and a classifier needs two/,
    ],
    [
      "three, binary",
      () => tree,
      { labelMode: "binary" },
      /labelMode: "binary" is for 2 classes, there are 3: use "int"/,
    ],
    [
      "another class",
      () => tree,
      { classNames: ["cats", "cows"] },
      /no folder 'cows': its folders are Zebras, cats, dogs/,
    ],
    ["labels too few", () => tree, { labels: [1, 2] }, /labels: 2 for 14 pictures: give one a picture/],
    ["labels below 0", () => made("one-class", {}), { labels: [-1] }, /labels: -1 is no class number/],
    [
      "labels beyond any class",
      () => made("one-class", {}),
      { labels: [2 ** 40] },
      /labels: 1099511627776 is no class number/,
    ],
    ["size", () => tree, { imageSize: [0, 4] }, /imageSize: \[0, 4\] is no size: give height and width/],
    ["both ratios", () => tree, { cropToAspectRatio: true, padToAspectRatio: true }, /cropToAspectRatio is given too/],
    ["split alone", () => tree, { validationSplit: 0.2 }, /it goes with subset: give both/],
    ["split of 1", () => tree, { validationSplit: 1, subset: "training" }, /1 is not between 0 and 1: use a fraction/],
    [
      "split too small",
      () => tree,
      { validationSplit: 0.01, subset: "both" },
      /0.01 of 13 pictures leaves a side empty/,
    ],
    ["seed", () => tree, { seed: 0.5 }, /seed: 0.5 is no whole number/],
    [
      "different sizes",
      () => tree,
      { imageSize: undefined },
      /batch: one example is f32\[.*give all one size, as imageSize/,
    ],
  ])("%s", async (_, root, options, sentence) => {
    const said = await errorOf(root(), options);
    expect(said).toMatch(sentence);
    expect(said.split("\n")).toHaveLength(1);
  });

  const jpeg = readFileSync(join(tree, "cats", "b.jpg"));
  const headerOf = (width: number, height: number): Uint8Array => {
    const huge = Uint8Array.from(png);
    const view = new DataView(huge.buffer);
    view.setUint32(16, width);
    view.setUint32(20, height);
    return huge;
  };
  const broken: readonly (readonly [string, string, Uint8Array | string, RegExp])[] = [
    ["empty", "x.png", "", /x\.png: picture: the file is empty/],
    [
      "text",
      "x.jpg",
      "hello world",
      /picture: it is neither JPEG nor PNG: remove the file, or leave it out by onError$/,
    ],
    ["GIF", "x.gif", "GIF89a, and so on", /picture: GIF is not read: convert it to JPEG or PNG$/],
    ["JPEG cut in the header", "x.jpg", jpeg.subarray(0, 100), /picture: its header of 100 bytes states no size/],
    [
      "JPEG cut short",
      "x.jpg",
      jpeg.subarray(0, jpeg.length - 200),
      /picture: the JPEG is cut short, damaged, or neither grey nor RGB/,
    ],
    ["PNG cut short", "x.png", png.subarray(0, png.length - 30), /the PNG cannot be decoded \(/],
    ["PNG with another byte", "x.png", png.with(png.length - 25, 99), /the PNG cannot be decoded \(/],
    ["100 megapixels", "x.png", headerOf(10_000, 10_000), /10000x10000 are 100 megapixels, 64 are read at most/],
    [
      "4 billion squared",
      "x.png",
      headerOf(0xffffffff, 0xffffffff),
      /are read at most: make it smaller, or raise maxPixels/,
    ],
    ["no pixels", "x.png", headerOf(0, 5), /states no size: the file is cut short or damaged/],
  ];

  it.each(broken)("a picture: %s", async (title, name, content, sentence) => {
    const root = made(`broken ${title}`, { "a/1.png": png, [`a/${name}`]: content, "b/2.png": png });
    const said = await errorOf(root);
    expect(said).toMatch(sentence);
    expect(said.slice(said.indexOf("picture:")).length).toBeLessThanOrEqual(200);
    // Left out, and told.
    const told: SvertkaError[] = [];
    const skipping = await orReject(
      imagesFromFolder(root, {
        shuffle: false,
        imageSize: [4, 4],
        workers: 0,
        onError: (error) => void told.push(error),
      }),
    );
    const { y } = await orReject(toArrays(skipping));
    expect([...y.data]).toEqual([0, 1]);
    expect(told.map(render)).toEqual([said]);
  });

  it("skips without a word, and says where a batch has nothing left", async () => {
    const root = made("all broken", { "a/1.png": "x", "b/2.png": "y" });
    const data = await orReject(imagesFromFolder(root, { shuffle: false, workers: 0, onError: "skip" }));
    const read = await toArrays(batch(2)(data))();
    expect(E.isLeft(read) ? read.left.message : "").toBe(
      "batch: none of the 2 examples of batch 0 can be read: look at the files",
    );
  });

  it("a picture that goes while it is read", async () => {
    const root = made("going", { "a/1.png": png, "b/2.png": png });
    const data = await orReject(imagesFromFolder(root, { shuffle: false }));
    rmSync(join(root, "b", "2.png"));
    const read = await toArrays(data)();
    expect(E.isLeft(read) ? render(read.left) : "").toMatch(/2\.png: picture: the file cannot be opened: check that/);
  });
});

it("names of pictures", () => {
  expect(["a.PNG", "b.jpeg", "c.gif", "d.txt", "png"].map(isImageName)).toEqual([true, true, true, false, false]);
});

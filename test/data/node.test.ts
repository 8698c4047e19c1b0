/** Fashion-MNIST from the folder that the example carries, and from folders that are wrong. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFashionMnist } from "../../src/data/node.js";
import { orReject, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";

const embedded = fileURLToPath(new URL("../../examples/fashion-mnist/data", import.meta.url));

describe("readFashionMnist", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "svertka-data-"));
    cpSync(embedded, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const errorOf = async (directory: string): Promise<string> => {
    const result = await readFashionMnist(directory)();
    return E.isLeft(result) ? render(result.left) : "no error";
  };

  it("reads the embedded part", async () => {
    const { train, test, classNames, source } = await orReject(readFashionMnist(embedded));
    expect([train.x.shape, train.y.shape, test.x.shape, test.y.shape]).toEqual([
      [10_000, 28, 28, 1],
      [10_000],
      [2000, 28, 28, 1],
      [2000],
    ]);
    expect(source).toBe(`Fashion-MNIST, 10,000 training and 2,000 test images from ${embedded}`);
    // The first labels of the original set, and its overall mean (0.2860 on all 60,000).
    expect([...train.y.data.subarray(0, 8)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2]);
    expect([...test.y.data.subarray(0, 8)]).toEqual([9, 2, 1, 1, 6, 1, 4, 6]);
    expect(train.x.data.reduce((sum, v) => sum + v, 0) / train.x.data.length).toBeCloseTo(0.286, 2);
    expect(classNames[train.y.data[0] ?? 0]).toBe("Ankle boot");
    for (let c = 0; c < 10; c++)
      expect(Math.abs(train.y.data.filter((label) => label === c).length - 1000)).toBeLessThan(100);
  });

  it("takes unpacked files first", async () => {
    const name = "t10k-labels-idx1-ubyte";
    writeFileSync(join(folder, name), gunzipSync(readFileSync(join(folder, `${name}.gz`))).fill(5, 8));
    const { test } = await orReject(readFashionMnist(folder));
    expect(test.y.data.every((label) => label === 5)).toBe(true);
  });

  it("names the file that is missing, cut short, or wrong", async () => {
    const labels = join(folder, "train-labels-idx1-ubyte.gz");
    truncateSync(labels, 1000);
    expect(await errorOf(folder)).toBe(
      `${labels}: gzip: the 1000 bytes are damaged or cut short: copy or download the file again`,
    );
    cpSync(join(folder, "t10k-labels-idx1-ubyte.gz"), labels);
    expect(await errorOf(folder)).toBe(
      `${labels}: images and labels: 10000 images and 2000 labels: give one label an image`,
    );
    const images = join(folder, "t10k-images-idx3-ubyte");
    const halves = gunzipSync(readFileSync(`${images}.gz`));
    // The header's last two numbers are rows and columns.
    halves.writeUInt32BE(14, 8);
    halves.writeUInt32BE(56, 12);
    writeFileSync(images, halves);
    cpSync(join(embedded, "train-labels-idx1-ubyte.gz"), labels);
    expect(await errorOf(folder)).toBe(
      `${images}: images: they are 14x56x1, those of Fashion-MNIST are 28x28x1: give the folder of its four IDX files`,
    );
    rmSync(images);
    rmSync(labels);
    expect(await errorOf(folder)).toBe(
      `${folder}: train-labels-idx1-ubyte[.gz]: the folder lacks this file: give the folder of the four IDX files`,
    );
  });
});

/** Resizing against tf.image.resize and Keras's two ways to keep the aspect ratio (scripts/goldens/make_folders.py). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { resizeImage, u8, type AspectRatio, type Interpolation } from "../../src/data/index.js";

interface Case {
  readonly shape: readonly number[];
  readonly picture: readonly number[];
  readonly size: readonly [number, number];
  readonly interpolation: Interpolation;
  readonly aspectRatio: AspectRatio;
  readonly result: readonly number[];
}
const place = new URL("../fixtures/folders/resize.json", import.meta.url);
const { cases }: { readonly cases: readonly Case[] } = JSON.parse(readFileSync(place, "utf8"));
const titled = cases.map((one) => ({
  ...one,
  title: `${one.interpolation}, ${one.aspectRatio}: ${one.shape.join("x")} to ${one.size.join("x")}`,
}));

test.each(titled)("$title", ({ shape, picture, result, ...options }) => {
  const resized = resizeImage(u8(shape, Uint8Array.from(picture)), options);
  expect(resized.shape).toEqual([...options.size, shape[2]]);
  const worst = resized.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (result[i] ?? Number.NaN))), 0);
  // Of 255: float32 and the file's four digits.
  expect(worst).toBeLessThan(2e-3);
});

test("a picture of its own size is itself, to the bit", () => {
  const picture = u8([2, 2, 1], Uint8Array.of(0, 7, 200, 255));
  expect([...resizeImage(picture, { size: [2, 2] }).data]).toEqual([0, 7, 200, 255]);
});

/** Arrays, their rows, and images with labels: what is checked, and the sentence where it fails. */
import { describe, expect, it } from "vitest";
import {
  checkFinite,
  f32,
  gatherRows,
  i32,
  imageClassification,
  sliceRows,
  splitAt,
  takeImages,
  u8,
  type LabelledImages,
} from "../../src/data/index.js";
import { orThrow, render, type SvertkaError } from "../../src/errors.js";
import { E, type Either } from "../../src/fp.js";

const errorOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? `${result.left.tag}: ${render(result.left)}` : "no error";

describe("checkFinite", () => {
  it("gives the array itself, or the place of the first bad element", () => {
    const good = f32([2, 2], Float32Array.of(1, 2, 3, 4));
    expect(orThrow(checkFinite(good, "x"))).toBe(good);
    expect(errorOf(checkFinite(f32([2, 3], Float32Array.of(0, 0, 0, 0, NaN, Infinity)), "x.npy"))).toBe(
      "BadData: x.npy: data: element [1, 1] is NaN: remove or replace NaN and infinite values",
    );
    expect(errorOf(checkFinite(f32([1], Float32Array.of(-Infinity)), "x.npy"))).toMatch(/element \[0\] is -Infinity/);
  });
});

describe("rows", () => {
  const array = i32([3, 2], Int32Array.of(0, 1, 10, 11, 20, 21));

  it("are sliced without a copy", () => {
    const part = sliceRows(array, 1, 3);
    expect(part).toEqual(i32([2, 2], Int32Array.of(10, 11, 20, 21)));
    expect(part.data.buffer).toBe(array.data.buffer);
    expect(sliceRows(array, 3, 3)).toEqual(i32([0, 2], new Int32Array(0)));
  });

  it("are gathered in any order, some twice", () => {
    expect(gatherRows(array, Uint32Array.of(2, 0, 2, 1))).toEqual(
      i32([4, 2], Int32Array.of(20, 21, 0, 1, 20, 21, 10, 11)),
    );
    expect(() => gatherRows(array, [3])).toThrow("svertka bug: row 3 of 3");
  });
});

const options = { classes: 3, where: "labels" };

describe("imageClassification", () => {
  it("scales bytes to [0, 1] and adds the channel", () => {
    expect(
      orThrow(
        imageClassification(u8([2, 1, 2], Uint8Array.of(0, 255, 51, 102)), u8([2], Uint8Array.of(0, 2)), options),
      ),
    ).toEqual({
      x: f32([2, 1, 2, 1], Float32Array.of(0, 1, 51 / 255, 102 / 255)),
      y: i32([2], Int32Array.of(0, 2)),
      classes: 3,
    });
  });

  it("takes floats and channels as they are", () => {
    const images = f32([1, 1, 1, 3], Float32Array.of(-1, 0, 2));
    expect(orThrow(imageClassification(images, f32([1], Float32Array.of(1)), options)).x).toEqual(images);
  });

  const two = u8([2, 1, 1], Uint8Array.of(0, 0));
  it.each([
    [
      "a label too many",
      two,
      u8([3], new Uint8Array(3)),
      "images and labels: 2 images and 3 labels: give one label an image",
    ],
    [
      "a label out of range",
      two,
      u8([2], Uint8Array.of(1, 3)),
      "labels: label 1 is 3, 3 classes allow 0 to 2: correct the label or the number of classes",
    ],
    [
      "a negative label",
      two,
      i32([2], Int32Array.of(-1, 0)),
      "labels: label 0 is -1, 3 classes allow 0 to 2: correct the label or the number of classes",
    ],
    [
      "a label between",
      two,
      f32([2], Float32Array.of(0, 0.5)),
      "labels: label 1 is 0.5, 3 classes allow 0 to 2: correct the label or the number of classes",
    ],
    [
      "labels of rank 2",
      two,
      u8([2, 1], new Uint8Array(2)),
      "labels: rank 2, 1 is needed ([n], one class number an image): reshape them",
    ],
    [
      "images of rank 2",
      u8([2, 1], new Uint8Array(2)),
      u8([2], new Uint8Array(2)),
      "images: rank 2, 3 ([n, h, w]) or 4 ([n, h, w, c]) is needed: reshape them",
    ],
    [
      "images of integers",
      i32([2, 1, 1], new Int32Array(2)),
      u8([2], new Uint8Array(2)),
      "images: 32-bit integers, whose range is not known: save them as uint8 or as floats in [0, 1]",
    ],
    [
      "NaN",
      f32([2, 1, 1], Float32Array.of(0, NaN)),
      u8([2], new Uint8Array(2)),
      "data: element [1, 0, 0] is NaN: remove or replace NaN and infinite values",
    ],
  ])("refuses %s", (_, images, labels, message) => {
    expect(errorOf(imageClassification(images, labels, options))).toBe(
      `BadData: ${message.startsWith("labels:") ? "" : "labels: "}${message}`,
    );
  });
});

describe("take and splitAt", () => {
  const data = orThrow(
    imageClassification(u8([4, 1, 1], Uint8Array.of(0, 51, 102, 255)), u8([4], Uint8Array.of(0, 1, 2, 0)), options),
  );
  const labels = ({ y }: LabelledImages): readonly number[] => [...y.data];

  it("take the first, at most all", () => {
    expect([0, 2, 4, 9, -1].map((count) => labels(takeImages(data, count)))).toEqual([
      [],
      [0, 1],
      [0, 1, 2, 0],
      [0, 1, 2, 0],
      [],
    ]);
    expect(takeImages(data, 2).x.shape).toEqual([2, 1, 1, 1]);
  });

  it("split in two that are not empty", () => {
    expect(orThrow(splitAt(data, 3)).map(labels)).toEqual([[0, 1, 2], [0]]);
    for (const count of [0, 4, 5, -1, 1.5])
      expect(errorOf(splitAt(data, count))).toBe(
        `BadOption: splitAt: split: 4 examples cannot be split at ${count}: give 1 to 3`,
      );
  });
});

/** Keras's augmentation layers as they are read: each option, and ranges in the place of numbers. */
import { expect, test } from "vitest";
import { orReject } from "../../../src/errors.js";
import { readKeras } from "../../../src/io/keras/read.js";
import { writeKeras } from "../../../src/io/keras/write.js";
import { keptBytes } from "./kept-files.js";

const sampling = { fillMode: "wrap", interpolation: "nearest", fillValue: 0.5 };

/** What scripts/goldens/make_keras_files.py wrote, by the words of the DSL; defaults are left out. */
const written = [
  ["randomFlip", {}],
  ["randomFlip", { mode: "horizontal" }],
  ["randomRotation", { factor: 0.1, ...sampling }],
  ["randomRotation", { factor: [-0.2, 0.3] }],
  ["randomTranslation", { heightFactor: 0.1, widthFactor: [-0.2, 0.3], ...sampling }],
  ["randomZoom", { heightFactor: 0.2 }],
  ["randomZoom", { heightFactor: 0.2, widthFactor: [-0.1, 0.4], ...sampling }],
  ["randomShear", { xFactor: 0.3, yFactor: 0.2 }],
  ["randomShear", { xFactor: [0.1, 0.4], yFactor: 0 }],
  ["randomBrightness", { factor: 0.2, valueRange: [0, 255] }],
  ["randomBrightness", { factor: [-0.1, 0.4] }],
  ["randomContrast", { factor: [0, 0.4] }],
  ["randomContrast", { factor: [0.2, 0.4], valueRange: [0, 255] }],
  ["randomSaturation", { factor: [0.3, 0.7] }],
  ["randomHue", { factor: [0, 0.4] }],
  ["randomErasing", { factor: [0, 0.5], scale: [0.02, 0.33] }],
  ["randomErasing", { factor: [0.5, 0.5], scale: [0.1, 0.2], fillValue: [0.1, 0.2, 0.3], valueRange: [0, 255] }],
  ["centerCrop", { height: 8, width: 7 }],
];

test("every layer's options are read, and the same again from what is written", async () => {
  const file = await orReject(readKeras(keptBytes("augmentation"), "augmentation"));
  const calls = (of: typeof file): readonly unknown[] =>
    of.graph.calls.map(({ word, options }) => [word, options ?? {}]);
  expect(calls(file)).toEqual(written);
  const bytes = await orReject(writeKeras(file.model, file.weights));
  expect(calls(await orReject(readKeras(bytes, "again")))).toEqual(written);
});

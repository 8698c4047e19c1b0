/** The changes of data maps equal Keras's layers, given the same random numbers (scripts/goldens/make_augmentation.py). */
import { describe, expect, test } from "vitest";
import { cutPictures } from "../../../src/data/augment/cutmix.js";
import { mixPictures } from "../../../src/data/augment/mixed-batch.js";
import type { PictureChange } from "../../../src/data/augment/picture-map.js";
import { brightnessMap } from "../../../src/data/augment/random-brightness.js";
import { contrastMap } from "../../../src/data/augment/random-contrast.js";
import { erasingMap } from "../../../src/data/augment/random-erasing.js";
import { flipChange } from "../../../src/data/augment/random-flip.js";
import { hueMap } from "../../../src/data/augment/random-hue.js";
import { saturationMap } from "../../../src/data/augment/random-saturation.js";
import { sharpness } from "../../../src/data/augment/sharpness.js";
import {
  autoContrast,
  degeneration,
  equalization,
  posterization,
  solarization,
} from "../../../src/data/augment/tones.js";
import { allocate } from "../../../src/data/scratch.js";
import { transformationChange } from "../../../src/data/augment/transformed.js";
import { rotation, shear, translation, zoom } from "../../../src/ops/image-transformations.js";
import {
  augmentationCases,
  augmentationCount,
  drawsOf,
  pictureOf,
  type AugmentationCase,
} from "../../support/augmentation-cases.js";
import { centerCropChange, randomCropChange } from "../../../src/data/augment/crops.js";

const unit = [0, 1] as const;

/** What a case's layer does; `o` are the options that the script gave. */
const changeOf = ({ layer, options: o }: AugmentationCase): PictureChange | undefined => {
  const range = o.valueRange ?? unit;
  const factor = o.factor ?? 0;
  switch (layer) {
    case "randomFlip":
      return flipChange(o.mode ?? "horizontal");
    case "randomRotation":
      return transformationChange(rotation(factor), o);
    case "randomTranslation":
      return transformationChange(translation(o.heightFactor ?? 0, o.widthFactor ?? 0), o);
    case "randomZoom":
      return transformationChange(zoom(o.heightFactor ?? 0, o.widthFactor), o);
    case "randomShear":
      return transformationChange(shear(o.xFactor ?? 0, o.yFactor ?? 0), o);
    case "randomCrop":
      return randomCropChange({ height: o.height ?? 0, width: o.width ?? 0 });
    case "centerCrop":
      return centerCropChange({ height: o.height ?? 0, width: o.width ?? 0 });
    case "randomBrightness":
      return brightnessMap(factor, range);
    case "randomContrast":
      return contrastMap(factor, range);
    case "randomSaturation":
      return saturationMap(factor, range);
    case "randomHue":
      return hueMap(factor, range);
    case "randomErasing":
      return erasingMap({ factor, scale: o.scale ?? 0, fillValue: o.fillValue, valueRange: range });
    case "degeneration":
      return degeneration(0.5, unit);
    case "sharpness":
      return sharpness(0.5, unit);
    case "posterization":
      return posterization(4, unit);
    case "solarization":
      return solarization(0.5, unit);
    case "autoContrast":
      return autoContrast(unit);
    case "equalization":
      return equalization(unit);
    default:
      return undefined;
  }
};

const named = augmentationCases.map((one, i) => [`${i} ${one.layer} ${JSON.stringify(one.options)}`, one] as const);

describe("a data map's change is Keras's layer", () => {
  test.each(named.filter(([, one]) => changeOf(one) !== undefined))("%s", (_, one) => {
    const change = changeOf(one);
    const output: number[] = [];
    for (let i = 0; i < augmentationCount; i++) {
      const draws = Float64Array.from(drawsOf(one, i));
      expect(draws.length, "draws").toBe(change?.draws);
      const changed = change?.apply(pictureOf(one, i), draws, [0, 0], allocate);
      expect([changed?.height, changed?.width, changed?.channels]).toEqual(one.outputShape);
      output.push(...(changed?.data ?? []));
    }
    expectNear(output, one.output, one.scale);
  });
});

describe("a batch map mixes as Keras's layer", () => {
  test.each(named.filter(([, { labels }]) => labels !== undefined))("%s", (_, one) => {
    // CutMix draws alpha first.
    const draws = one.draws.slice(one.layer === "cutmix" ? 1 : 0);
    const [kept = [], across = [], down = []] = draws.map((draw) => Float64Array.from(draw));
    const [height = 0, width = 0, channels = 0] = one.shape;
    const pictures = Array.from({ length: augmentationCount }, (__, i) => pictureOf(one, i));
    const batch = {
      data: Float32Array.from(pictures.flatMap(({ data }) => Array.from(data))),
      count: augmentationCount,
      height,
      width,
      channels,
    };
    const order = Uint32Array.of(2, 0, 1); // tf.roll(…, 1)
    const mixed =
      one.layer === "mixup"
        ? mixPictures(batch, order, Float64Array.from(kept))
        : cutPictures(batch, order, {
            kept: Float64Array.from(kept),
            across: Float64Array.from(across),
            down: Float64Array.from(down),
          });
    expectNear(Array.from(mixed.data), one.output, one.scale);
    const labels = Array.from(order).flatMap((other, i) =>
      [0, 1, 2].map(
        (label) => (mixed.kept[i] ?? 0) * Number(label === i) + (1 - (mixed.kept[i] ?? 0)) * Number(label === other),
      ),
    );
    expectNear(labels, one.labels ?? [], 1);
  });
});

/** Keras computes places in float32, which moves what is read between pixels by up to 1e-5 of the range. */
function expectNear(got: readonly number[], want: readonly number[], scale: number): void {
  expect(got.length).toBe(want.length);
  const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (want[i] ?? Infinity))), 0);
  expect(worst / scale).toBeLessThan(2e-5);
}

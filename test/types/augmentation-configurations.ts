/** Random configurations of augmentation layers. */
import { image, ofShape, size, some, type Axes, type Configuration, type Dice } from "./random-options.js";

const end = (dice: Dice): number => dice.pick([0, 0.1, 0.25, 0.999, 1, 1e-7, -0.3, -1, -1e-7, 1.5, -2]);
/** Mostly inside all bounds. */
const factor = (dice: Dice): unknown =>
  dice.chance(0.6)
    ? dice.pick([0.1, 0.3, 1, [0.1, 0.4], [0, 1]])
    : dice.chance(0.5)
      ? end(dice)
      : [end(dice), end(dice)];

const sampling = (dice: Dice): Record<string, unknown> =>
  some(dice, {
    fillMode: [0.3, () => dice.pick(["constant", "nearest", "reflect", "wrap"])],
    interpolation: [0.3, () => dice.pick(["nearest", "bilinear"])],
    fillValue: [0.2, () => 0.5],
  });

/** Mostly of three channels. */
const colours = (dice: Dice): Axes => {
  const shape = image(dice);
  return dice.chance(0.7) && shape.length > 0 ? shape.with(-1, 3) : shape;
};

const crop = (dice: Dice, [height, width]: Axes): Configuration["options"] =>
  dice.chance(0.7)
    ? { height: dice.whole(1, height ?? 4), width: dice.whole(1, width ?? 4) }
    : { height: size(dice, 1, 12), width: size(dice, 1, 12) };

export const augmentationMakers: readonly ((dice: Dice) => Configuration)[] = [
  ofShape(image, "randomFlip", (dice) => some(dice, { mode: [0.5, () => dice.pick(["horizontal", "vertical"])] })),
  ofShape(image, "randomRotation", (dice) => ({ factor: factor(dice), ...sampling(dice) })),
  ofShape(image, "randomTranslation", (dice) => ({
    heightFactor: factor(dice),
    widthFactor: factor(dice),
    ...sampling(dice),
  })),
  ofShape(image, "randomZoom", (dice) => ({
    heightFactor: factor(dice),
    ...some(dice, { widthFactor: [0.5, () => factor(dice)] }),
    ...sampling(dice),
  })),
  ofShape(image, "randomShear", (dice) => ({
    ...some(dice, { xFactor: [0.6, () => factor(dice)], yFactor: [0.6, () => factor(dice)] }),
    ...sampling(dice),
  })),
  ofShape(image, "randomCrop", crop),
  ofShape(image, "centerCrop", crop),
  ofShape(image, "randomBrightness", (dice) => ({ factor: factor(dice) })),
  ofShape(image, "randomContrast", (dice) => ({ factor: factor(dice) })),
  ofShape(colours, "randomSaturation", (dice) => ({ factor: factor(dice) })),
  ofShape(colours, "randomHue", (dice) => ({ factor: factor(dice) })),
  ofShape(image, "randomErasing", (dice) =>
    some(dice, { factor: [0.5, () => factor(dice)], scale: [0.5, () => factor(dice)], fillValue: [0.3, () => 0.5] }),
  ),
];

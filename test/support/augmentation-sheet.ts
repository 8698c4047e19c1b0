/** A scene through each data map and each layer of augmentation, as a grid of pictures: docs/augmentation.png. */
import { reference } from "../../src/backends/reference/index.js";
import * as maps from "../../src/data/augment/index.js";
import type { Example, Image, Place } from "../../src/data/dataset.js";
import { f32, type NdArray } from "../../src/data/nd-array.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow, type SvertkaError } from "../../src/errors.js";
import type { Either } from "../../src/fp.js";
import { input, i32, operators } from "../../src/index.js";
import { foldIn, keyOf } from "../../src/random/index.js";
import { imageGrid, type CaptionedImage } from "../../src/viz/index.js";
import type { Drawing } from "../../src/viz/drawing.js";
import { makeLayer } from "./make-layer.js";
import { runNamed } from "./run-named.js";

const side = 64;
const shape = [side, side, 3] as const;

/** Sky, sun, meadow and a house with a door to the right: no flip, turn or shift of it is the scene itself. */
const colourAt = (x: number, y: number): readonly [number, number, number] => {
  const inside = (left: number, top: number, right: number, bottom: number): boolean =>
    x >= left && x < right && y >= top && y < bottom;
  if ((x - 13) ** 2 + (y - 12) ** 2 < 49) return [1, 0.85, 0.2];
  if (inside(44, 38, 51, 52)) return [0.35, 0.2, 0.1];
  if (inside(30, 34, 38, 42)) return [0.6, 0.85, 0.95];
  if (inside(26, 28, 56, 52)) return [0.8, 0.3, 0.25];
  if (y >= 14 && y < 28 && Math.abs(x - 41) < (y - 12) * 1.15) return [0.45, 0.2, 0.2];
  return y < 46 ? [0.35 + y / 160, 0.6 + y / 200, 0.9] : [0.25, 0.5 + (y - 46) / 90, 0.2];
};

const scene: Image<typeof shape> = f32(
  shape,
  Float32Array.from({ length: side * side * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return colourAt(pixel % side, Math.floor(pixel / side))[at % 3] ?? 0;
  }),
);

const tile = (caption: string, pixels: NdArray): CaptionedImage => ({ caption, pixels, tone: "plain" });
const place = (index: number): Place => ({ seed: 1, epoch: 0, index, key: foldIn(keyOf(1), index) });

type PictureMap = (example: Example<Image<typeof shape>, undefined>, place: Place) => Example<Image, undefined>;

const sampling = { fillMode: "constant", fillValue: 0.5 } as const;
/** Options with ranges far from nothing, and the draw that is shown. */
const byMap: readonly (readonly [string, PictureMap, number])[] = [
  ["randomFlip", maps.randomFlip({ mode: "horizontal" }), 2],
  ["randomRotation", maps.randomRotation({ factor: [0.08, 0.1] }), 0],
  [
    "randomTranslation",
    maps.randomTranslation({ heightFactor: [0.2, 0.2], widthFactor: [-0.2, -0.2], fillMode: "wrap" }),
    0,
  ],
  ["randomZoom", maps.randomZoom({ heightFactor: [-0.4, -0.3] }), 0],
  ["randomShear", maps.randomShear({ xFactor: [0.3, 0.4], ...sampling }), 0],
  ["randomCrop", maps.randomCrop({ height: 64, width: 64, padding: 16 }), 1],
  ["centerCrop", maps.centerCrop({ height: 40, width: 40 }), 0],
  ["randomBrightness", maps.randomBrightness({ factor: [-0.4, -0.3] }), 0],
  ["randomContrast", maps.randomContrast({ factor: [0, 1] }), 5],
  ["randomSaturation", maps.randomSaturation({ factor: [0.1, 0.2] }), 0],
  ["randomHue", maps.randomHue({ factor: [0.6, 0.8] }), 0],
  ["randomErasing", maps.randomErasing({ factor: [1, 1], scale: [0.1, 0.2] }), 0],
  ["randAugment", maps.randAugment(), 4],
];

const layerOptions: Readonly<Record<string, object>> = {
  randomFlip: { mode: "vertical" },
  randomRotation: { factor: [-0.1, -0.08], ...sampling },
  randomTranslation: { heightFactor: [-0.2, -0.2], widthFactor: [0.2, 0.2] },
  randomZoom: { heightFactor: [0.5, 0.6], fillMode: "nearest" },
  randomShear: { yFactor: [0.3, 0.4], fillMode: "wrap" },
  randomCrop: { height: 40, width: 40 },
  centerCrop: { height: 48, width: 32 },
  randomBrightness: { factor: [0.2, 0.3] },
  randomContrast: { factor: [0.9, 0.9] },
  randomSaturation: { factor: [0.75, 0.8] },
  randomHue: { factor: [0.3, 0.4] },
  randomErasing: { factor: [1, 1], scale: [0.1, 0.2], fillValue: [0.1, 0.1, 0.4] },
};

/** One in which the flip flips. */
const shownStep = 1;

const layerTile = async ([word, options]: readonly [string, object]): Promise<CaptionedImage> => {
  const x = input(shape);
  const outputs = { y: makeLayer(word, options)(x) };
  const made = orThrow(toGraph({ inputs: { x }, outputs }, { registry: operators, mode: "training", seed: 3 }));
  const [output] = made.outputs;
  if (output === undefined) throw new Error("a layer has an output");
  const graph = made.builder.finish([{ kind: "result", name: "y", value: output.value.id }]);
  const feeds = new Map<string, NdArray<"f32"> | NdArray<"i32">>([["x", f32([1, ...shape], scene.data)]]);
  if (made.step !== undefined) feeds.set("step", i32([], Int32Array.of(shownStep)));
  const results = await runNamed(graph, await orReject(reference.load), { batch: 1, feeds });
  const size = output.value.type.shape.slice(1).map(Number);
  return tile(`layer\n${word}`, f32(size, Float32Array.from(results.get("y") ?? [])));
};

/** The scene and its mirror image, in a batch of two classes. */
const mixTiles = (): readonly CaptionedImage[] => {
  const turned = Float32Array.from(
    { length: scene.data.length },
    (_, at) => 1 - (scene.data[scene.data.length - 1 - at] ?? 0),
  );
  const batch = {
    x: f32([2, ...shape] as const, Float32Array.of(...scene.data, ...turned)),
    y: f32([2, 2] as const, Float32Array.of(1, 0, 0, 1)),
  };
  const mixed = (name: string, mix: ReturnType<typeof maps.mixup>, index: number): CaptionedImage => {
    const { x, y } = mix<typeof shape, 2>(batch, place(index));
    const [own = 1, other = 0] = y.data;
    // Draws are looked at until the other picture is seen.
    if (own > 0.8 || own < 0.3) return mixed(name, mix, index + 1);
    const labels = `[${own.toFixed(2)}, ${other.toFixed(2)}]`;
    return tile(`map of batches\n${name} ${labels}`, f32(shape, x.data.slice(0, scene.data.length)));
  };
  return [mixed("mixup", maps.mixup({ alpha: 2 }), 0), mixed("cutmix", maps.cutmix({ factor: [1, 1] }), 0)];
};

/** The scene, then each map, then each layer. */
export const sheetTiles = async (): Promise<readonly CaptionedImage[]> => [
  tile("the scene", scene),
  ...byMap.map(([name, map, index]) => tile(`map\n${name}`, map({ x: scene, y: undefined }, place(index)).x)),
  ...mixTiles(),
  ...(await Promise.all(Object.entries(layerOptions).map(layerTile))),
];

/** The grid of {@link sheetTiles}. */
export const augmentationSheet = async (): Promise<Either<SvertkaError, Drawing>> =>
  imageGrid({ title: "One scene through each augmentation", images: await sheetTiles(), columns: 7 });

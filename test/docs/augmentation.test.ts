/** docs/augmentation.md: its code is type-checked and run; UPDATE=1 draws its picture, one photo-like scene through each map and each layer. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { beforeAll, describe, expect, test } from "vitest";
import { augmentationSheet, sheetTiles } from "../support/augmentation-sheet.js";
import {
  fromArrays,
  toArrays,
  f32,
  i32,
  type Batches,
  type Dataset,
  type Image,
  type Label,
  type OneHot,
} from "../../src/data/index.js";
import * as makers from "../../src/data/augment/index.js";
import { orReject, orThrow } from "../../src/errors.js";
import * as words from "../../src/ops/index.js";
import { svgToPng } from "../../src/viz/node.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}/docs/augmentation.md`, "utf8");
const blocks = [...text.matchAll(/```ts runs\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const folder = `${root}/.cache/augmentation`;
const fileOf = (index: number): string => `${folder}/block-${index}.ts`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  blocks.forEach((code, index) => writeFileSync(fileOf(index), code));
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
});

test("its code type-checks", async () => {
  expect(blocks.length).toBe(2);
  await promisify(execFile)(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", folder], { cwd: root });
}, 120_000);

const imported = async <T>(index: number): Promise<T> => {
  const alias = { "svertka/data": `${root}/src/data/index.ts`, svertka: `${root}/src/index.ts` };
  return createJiti(import.meta.url, { alias }).import<T>(fileOf(index));
};

test("the pipeline gives pictures and mixed labels of the shapes that it says", async () => {
  type Cifar = Dataset<Image<[32, 32, 3]>, Label<10>>;
  const { training } = await imported<{ training: (data: Cifar) => Batches<Image<[32, 32, 3]>, OneHot<10>> }>(0);
  const data = fromArrays({
    x: f32([40, 32, 32, 3] as const, new Float32Array(40 * 32 * 32 * 3).fill(0.5)),
    y: i32(
      [40] as const,
      Int32Array.from({ length: 40 }, (_, i) => i % 10),
    ),
    classes: 10 as const,
  });
  const { x, y } = await orReject(toArrays(training(data)));
  expect([x.shape, y.shape]).toEqual([
    [40, 32, 32, 3],
    [40, 10],
  ]);
});

test("the model has the shape that it says", async () => {
  expect(await imported(1)).toMatchObject({ net: { "~model": {} } });
}, 60_000);

test("its table names every map and every layer", () => {
  const [, section = ""] = text.split("## What there is");
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  const column = (index: number): readonly string[] =>
    rows
      .flatMap((row) => [...(row.split("|")[index] ?? "").matchAll(/`(\w+)`/g)].map(([, word = ""]) => word))
      .toSorted();
  expect(column(1)).toEqual(Object.keys(makers).toSorted());
  expect(column(2)).toEqual(
    Object.keys(words)
      .filter((word) => /^random[A-Z]|^centerCrop$/.test(word))
      .toSorted(),
  );
});

describe("its picture", () => {
  test("shows each map and each layer once, and each changes the scene", async () => {
    const tiles = await sheetTiles();
    const [scene, ...changed] = tiles;
    for (const { caption, pixels } of changed)
      expect(pixels.data.some((value, at) => value !== scene?.pixels.data[at]) && caption).toBe(caption);
    const captions = tiles.map(({ caption }) => caption).join("\n");
    for (const maker of Object.keys(makers).filter((name) => name !== "oneHotLabels"))
      expect(captions).toContain(maker);
  }, 60_000);

  test("is in docs, in at most 200 kB", async () => {
    const place = `${root}/docs/augmentation.png`;
    if (process.env["UPDATE"] === "1")
      writeFileSync(place, await orReject(svgToPng(orThrow(await augmentationSheet()), { scale: 1 })));
    expect(existsSync(place) && statSync(place).size).toBeLessThanOrEqual(200_000);
  }, 60_000);
});

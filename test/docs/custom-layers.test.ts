/** What the code of docs/custom-layers.md exports has the shapes and layers that its comments and types state. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { blocks } from "./blocks.js";

const shown = blocks.filter(({ place }) => place.startsWith("docs/custom-layers.md:"));

const stated: readonly object[] = [
  { layers: { right: { layers: [{ name: "conv2d" }, { name: "layerScale", parameters: 4 }] } } },
  { logits: { shape: [10] }, drawn: { shape: [64, 64, 1] } },
  { y: { shape: [28, 28, 1] } },
];

test("each block has something stated", () => expect(shown.length).toBe(stated.length));

test.each(stated.map((want, index) => [index, want] as const))("block %i gives what it says", async (index, want) => {
  const { file = "", program = "" } = shown[index] ?? {};
  const own = file.replace(/\.ts$/, ".exported.ts").replace("/docs/", "/custom-layers/");
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, program);
  expect(await import(/* @vite-ignore */ own)).toMatchObject(want);
});

/** The code of docs/custom-layers.md is type-checked and run. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}/docs/custom-layers.md`, "utf8");
const blocks = [...text.matchAll(/```ts runs\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const folder = `${root}/.cache/custom-layers`;
const fileOf = (index: number): string => `${folder}/block-${index}.ts`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  blocks.forEach((code, index) => writeFileSync(fileOf(index), code));
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
});

test("it type-checks", async () => {
  expect(blocks.length).toBe(3);
  await promisify(execFile)(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", folder], { cwd: root });
}, 120_000);

/** The shapes and layers that the blocks' comments and types state. */
const stated: readonly object[] = [
  { layers: { right: { layers: [{ name: "conv2d" }, { name: "layerScale", parameters: 4 }] } } },
  { logits: { shape: [10] }, drawn: { shape: [64, 64, 1] } },
  { y: { shape: [28, 28, 1] } },
];
test.each(stated.map((want, index) => [index, want] as const))(
  "block %i gives what it says",
  async (index, want) => {
    const alias = { "svertka/operator": `${root}/src/operator/index.ts`, svertka: `${root}/src/index.ts` };
    expect(await createJiti(import.meta.url, { alias }).import(fileOf(index))).toMatchObject(want);
  },
  60_000,
);

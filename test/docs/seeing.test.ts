/** The code of docs/seeing.md is type-checked and run; its pictures are there, small, and made by the kept script. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { svertka } from "../cli/harness.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}/docs/seeing.md`, "utf8");
const [, code = ""] = /```ts runs\n([\s\S]*?)```/.exec(text) ?? [];
const folder = `${root}/.cache/seeing`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/page.ts`, code);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
});

test("it type-checks", async () => {
  await promisify(execFile)(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", folder], { cwd: root });
}, 120_000);

test("it draws what it says", async () => {
  // By vitest's own aliases: the source, as in every test.
  const drawn: Readonly<Record<string, { readonly svg: string }>> = await import(`${folder}/page.ts`);
  const said: Readonly<Record<string, string>> = {
    graph: "conv2d 3×3, 4",
    kernel: "white is 0, red is −8, blue is 8",
    maps: "6 × 6",
    cam: "for class 1",
    confusion: "3 of 4 right, 75.0 %",
  };
  for (const [name, words] of Object.entries(said)) expect(drawn[name]?.svg).toContain(words);
}, 60_000);

test("its pictures are there, at most 150 kB each, and the script makes each", () => {
  const script = readFileSync(`${root}/scripts/pictures.mjs`, "utf8");
  const pictures = [...text.matchAll(/\]\(pictures\/([^)]+)\)/g)].map(([, name = ""]) => name);
  expect(pictures.length).toBeGreaterThan(8);
  for (const name of pictures) {
    expect(statSync(`${root}/docs/pictures/${name}`).size).toBeLessThanOrEqual(150_000);
    expect(script).toContain(`"${name}"`);
  }
});

test("every option that the page names is one of svertka draw", async () => {
  const { stdout } = await svertka("draw", "--help");
  const named = new Set([...text.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option));
  named.delete("--out");
  named.delete("--help");
  for (const option of named) expect(stdout).toContain(option);
});

/** The README's code is a program: it is type-checked with everything else's rules and run. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const blocks = [...readFileSync(`${root}/README.md`, "utf8").matchAll(/```ts runs\n([\s\S]*?)```/g)].map(
  ([, code = ""]) => code,
);
const folder = `${root}/.cache/readme`;
const fileOf = (index: number): string => `${folder}/block-${index}.ts`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  blocks.forEach((code, index) => writeFileSync(fileOf(index), code));
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
});
afterAll(() => vi.restoreAllMocks());

test("there is code to run", () => expect(blocks.length).toBeGreaterThan(0));

test("it type-checks", async () => {
  await promisify(execFile)(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", folder], { cwd: root });
}, 60_000);

/** What each block says last. */
const said: readonly (readonly unknown[])[] = [[1, [64, 2]], [["output"]]];

test.each(blocks.map((_, index) => index))(
  "block %i runs, and learns what it says",
  async (index) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const alias = Object.fromEntries(
      [
        ["svertka/train", "train/index"],
        ["svertka/wasm", "backends/tfjs/wasm/index"],
        ["svertka", "index"],
      ].map(([name = "", file = ""]) => [name, `${root}/src/${file}.ts`]),
    );
    await createJiti(import.meta.url, { alias }).import(fileOf(index));
    expect(log).toHaveBeenLastCalledWith(...(said[index] ?? []));
  },
  60_000,
);

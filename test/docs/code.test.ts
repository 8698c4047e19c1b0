/** All TypeScript in README, docs and examples is type-checked; blocks marked `runs` run, and print what their comments say. */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { beforeAll, expect, test, vi } from "vitest";
import { blocks, root, sentenceOf } from "./blocks.js";

const folder = join(root, ".cache", "docs");

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, program } of blocks) writeFileSync(file, program);
  // What a reader sees by hovering over a name need not be used.
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false, skipLibCheck: true },
    include: ["*.ts", "../../src/**/*.d.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
});

/** What the compiler says of each file. */
const complaints = (): Promise<string> =>
  new Promise((resolve) => {
    const words = [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder, "--pretty", "false"];
    execFile(process.execPath, words, { cwd: root, maxBuffer: 2 ** 26 }, (_, stdout) => resolve(stdout));
  });

test("it type-checks, and what is shown as wrong is refused with the sentence that is shown", async () => {
  expect(blocks.filter(({ kind }) => kind === "runs").length).toBeGreaterThan(5);
  // One complaint is a line that begins with the file, and lines that are indented.
  const said = (await complaints()).split(/\n(?=\S)/);
  const rest = said.filter((complaint) => {
    const block = blocks.find(
      ({ kind, file }) => kind === "wrong" && complaint.startsWith(file.slice(root.length + 1)),
    );
    return block === undefined && complaint.trim() !== "";
  });
  expect(rest).toEqual([]);
  for (const block of blocks.filter(({ kind }) => kind === "wrong")) {
    const own = said.filter((complaint) => complaint.startsWith(block.file.slice(root.length + 1))).join("\n");
    expect(own, block.place).toContain(sentenceOf(block));
  }
}, 120_000);

/** The comments behind `console.log(…);`, in order; undefined where nothing is promised. */
const promised = (code: string): readonly (string | undefined)[] =>
  [...code.matchAll(/^\s*console\.log\(.*\);(?: *\/\/ *(.*))?$/gm)].map(([, comment]) => comment);

test.each(blocks.filter(({ kind }) => kind === "runs").map((block) => [block.place, block] as const))(
  "%s runs, and prints what it says",
  async (_, { file, code }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    const printed = log.mock.calls.map((words) => format(...words));
    log.mockRestore();
    const expected = promised(code);
    expect(printed.length).toBeGreaterThanOrEqual(expected.length);
    expected.forEach((comment, i) => comment === undefined || expect(printed[i]).toBe(comment));
  },
  60_000,
);

/** The code of docs/types.md is real: it stands in the sources, compiles, or is wrong in just the way that the page says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, writeGenerated, type Verdict } from "./compiler.js";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "types.md"), "utf8");

interface Block {
  /** What stands after the fence: `ts right`, `ts src/dsl/layer.ts`. */
  readonly info: string;
  readonly code: string;
}
const blocks: readonly Block[] = [...page.matchAll(/```(\S.*)\n([\s\S]*?)```/g)].map(([, info = "", code = ""]) => ({
  info,
  code,
}));
const codeOf = (info: string): readonly string[] =>
  blocks.filter((block) => block.info === info).map(({ code }) => code);
const verdicts = (info: string): readonly Verdict[] =>
  codeOf(info).map((code, i) =>
    compile(writeGenerated(`docs-${info.replace(" ", "-")}-${i}.ts`, code), { types: ["node"] }),
  );

describe("docs/types.md", () => {
  const quoted = blocks.filter(({ info }) => info.startsWith("ts src/"));

  test("has code of each kind", () => {
    expect(quoted.length).toBeGreaterThan(0);
    expect(codeOf("ts right").length).toBeGreaterThan(0);
    expect(codeOf("ts wrong")).toHaveLength(codeOf("text").length);
    expect(quoted.length + codeOf("ts right").length + 2 * codeOf("text").length).toBe(blocks.length);
  });

  test.each(quoted)("quotes $info", ({ info, code }) => {
    expect(readFileSync(join(root, info.replace("ts ", "")), "utf8")).toContain(code);
  });

  test("what is right compiles", () => {
    expect(verdicts("ts right").flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  test("what is wrong is said as the page says", () => {
    const said = verdicts("ts wrong").map(({ complaints }) => complaints.map(({ text }) => `${text}\n`).join(""));
    expect(said).toEqual(codeOf("text"));
  });
});

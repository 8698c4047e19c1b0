/** The pages of docs/passes: one for each pass, with the pass's own words, and examples that the pass really makes. */
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { smallMemoryPasses } from "../../src/compiler/small-memory-passes.js";
import type { Target } from "../../src/compiler/target.js";
import { orReject } from "../../src/errors.js";
import { after, parsed } from "./ir-text.js";
import { graphText } from "../../src/compiler/ir/text.js";

const folder = new URL("../../docs/passes/", import.meta.url);
const passes = [...new Set(smallMemoryPasses)];

/** `foldBatchNorm` has the page `fold-batch-norm.md`. */
const pageOf = (name: string): string => `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;

const blocksOf = (page: string): readonly string[] =>
  [...page.matchAll(/```ir\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

let target: Target;
beforeAll(async () => {
  ({ target } = await orReject(wasm.load));
});

test("there is a page for every pass, and for nothing else but the table of known nets", () => {
  expect(
    readdirSync(folder)
      .filter((file) => file !== "README.md")
      .toSorted(),
  ).toEqual(passes.map(({ name }) => pageOf(name)).toSorted());
});

describe.each(passes.map((pass) => [pass.name, pass] as const))("%s", (name, pass) => {
  const page = readFileSync(new URL(pageOf(name), folder), "utf8");

  test("has the pass's own words", () => {
    expect(page).toMatch(new RegExp(`^# ${name}\n`));
    expect(page).toContain(`\n\n${pass.purpose}\n\n`);
    expect(page).toContain(`* **Requires** ${pass.requires}\n`);
    expect(page).toContain(`* **Ensures** ${pass.ensures}\n`);
    expect(page.match(/^## .*/gm)).toEqual(["## Algorithm", "## Example", "## Edge cases"]);
  });

  test("makes the second block of the first", () => {
    const [before = "", wanted = "", ...more] = blocksOf(page);
    expect(more).toEqual([]);
    expect(graphText(parsed(before)), "the block is canonical").toBe(before);
    expect(after(pass, before, target)).toBe(wanted);
    expect(after(pass, wanted, target), "once is enough").toBe(wanted);
  });
});

/** docs/reference is what the docstrings say (UPDATE=1 writes it), and every function and value that a door exports has a docstring. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Exported, exportedByDoor } from "./exported.js";
import { referencePages } from "./reference-pages.js";

const folder = join(import.meta.dirname, "..", "..", "docs", "reference");

let byDoor: ReadonlyMap<string, readonly Exported[]>;
let pages: ReadonlyMap<string, string>;
beforeAll(() => {
  byDoor = exportedByDoor();
  pages = referencePages(byDoor);
  if (process.env["UPDATE"] === undefined) return;
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(folder, file), text);
});

test("every door is on a page", () => {
  const all = [...pages.values()].join("\n");
  for (const [door, exported] of byDoor) {
    expect(exported.length, door).toBeGreaterThan(0);
    for (const { name } of exported) expect(all).toContain(`\n### ${name}\n`);
  }
});

test("the pages are up to date", () => {
  expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [file, text] of pages) expect(readFileSync(join(folder, file), "utf8"), file).toBe(text);
});

test("functions and values have docstrings", () => {
  const bare = [...byDoor].flatMap(([door, exported]) =>
    exported.filter(({ isType, text }) => !isType && text === "").map(({ name }) => `${door} ${name}`),
  );
  expect(bare).toEqual([]);
});

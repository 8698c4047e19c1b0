/** The entry points are listed twice, for Node (package.json) and for TypeScript (tsconfig.json); both lists must agree. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./imports.js";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

const exported: Record<string, string | { types: string; default: string }> = JSON.parse(read("package.json")).exports;
/** Door to source file: `svertka/train` to `./src/train/index.ts`. */
const sources = Object.entries(exported).flatMap(([door, target]) =>
  typeof target === "string"
    ? []
    : [
        {
          name: door.replace(/^\./, "svertka"),
          source: target.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts"),
          target,
        },
      ],
);

test("tsconfig's paths are package.json's exports", () => {
  const config: { compilerOptions: { paths: unknown } } = JSON.parse(
    read("tsconfig.json").replace(/^\s*\/\/.*$/gm, ""),
  );
  expect(config.compilerOptions.paths).toEqual(Object.fromEntries(sources.map(({ name, source }) => [name, [source]])));
});

test.each(sources)("$name has its source, $source", ({ source, target }) => {
  expect(existsSync(join(root, source))).toBe(true);
  expect(target.types).toBe(target.default.replace(/\.js$/, ".d.ts"));
});

test("the command has its source, with the line that finds Node", () => {
  expect(read("src/cli/main.ts")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

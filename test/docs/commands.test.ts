/** The command lines in README, docs and examples name commands, flags, scripts and files that are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { pages, root } from "./blocks.js";

interface Line {
  readonly place: string;
  readonly words: readonly string[];
}

/** Indented lines that begin with a program's name; a line that ends in \ goes on. */
const linesWith = (program: RegExp): readonly Line[] =>
  pages.flatMap((page) =>
    readFileSync(join(root, page), "utf8")
      .replace(/\\\n\s*/g, " ")
      .split("\n")
      .flatMap((line) => {
        const [, rest] = program.exec(line) ?? [];
        const words = rest
          ?.replace(/ {2,}#.*$/, "")
          .trim()
          .split(/\s+/);
        return words === undefined ? [] : [{ place: `${page}: ${line.trim()}`, words }];
      }),
  );

const svertkaLines = linesWith(/^ {4,}(?:npx )?svertka (?!COMMAND)(.*)$/);

test("there are some", () => expect(svertkaLines.length).toBeGreaterThan(40));

test.each(svertkaLines)("$place", ({ words: [name, ...rest] }) => {
  const command = commands.find((one) => one.name === name);
  const flags = (command?.options ?? []).map(({ flag }) => flag.split(" ")[0]);
  expect(commands.map((one) => one.name)).toContain(name);
  for (const word of rest) {
    if (word.startsWith("--")) expect(flags).toContain(word);
    if (word.startsWith("examples/")) expect(existsSync(join(root, word)), word).toBe(true);
  }
});

test("scripts and programs that are named exist", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const { place, words } of linesWith(/^ {4,}npm run (.*)$/))
    expect(Object.keys(scripts), place).toContain(words[0]);
  for (const { place, words } of linesWith(/^ {4,}(?:npx jiti|node|sh) (.*)$/))
    if (words[0]?.includes("/") === true && !words[0].startsWith("dist/"))
      expect(existsSync(join(root, words[0])), place).toBe(true);
});

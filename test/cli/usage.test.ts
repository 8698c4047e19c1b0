/** How the command line answers words that it does not know, and what its help says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { doorNames } from "../../src/cli/doors.js";
import { built, svertka } from "./harness.js";

const names = "train, fit, evaluate, summary, explain, predict, convert, distribute, draw, bench, backends";

describe("a mistake is exit code 2 and one sentence", () => {
  test.each<readonly [string, readonly string[], string]>([
    ["no command", [], `error: svertka: no command is given: name one of ${names}, or --help\n`],
    ["an unknown command", ["transpile"], `error: transpile: there is no such command: the commands are ${names}\n`],
    ["no argument", ["train"], "error: missing required argument 'task': see svertka train --help\n"],
    [
      "too many",
      ["summary", "a.ts", "b.ts"],
      "error: too many arguments for 'summary'. Expected 1 argument but got 2: see svertka summary --help\n",
    ],
    [
      "an unknown option",
      ["train", "t.ts", "--epoch", "3"],
      "error: unknown option '--epoch' (did you mean --epochs?): see svertka train --help\n",
    ],
    [
      "an option without its value",
      ["train", "t.ts", "--epochs"],
      "error: option '--epochs <n>' argument missing: see svertka train --help\n",
    ],
    [
      "a required option",
      ["predict", "m.ts", "--output", "o"],
      "error: required option '--input <file>' not specified: see svertka predict --help\n",
    ],
    [
      "no number",
      ["train", "t.ts", "--epochs", "abc"],
      'error: --epochs: "abc" is not what it takes: give a whole number of at least 1\n',
    ],
    [
      "no epoch",
      ["train", "t.ts", "--epochs", "0"],
      'error: --epochs: "0" is not what it takes: give a whole number of at least 1\n',
    ],
    [
      "half an example",
      ["train", "t.ts", "--batch-size", "1.5"],
      'error: --batch-size: "1.5" is not what it takes: give a whole number of at least 1\n',
    ],
    [
      "a seed of letters",
      ["train", "t.ts", "--seed", "x"],
      'error: --seed: "x" is not what it takes: give a whole number\n',
    ],
  ])("%s", async (_, args, said) => {
    expect(await svertka(...args)).toEqual({ code: 2, stdout: "", stderr: said });
  });
});

test.each(commands.map(({ name }) => name))("svertka %s --help has an example", async (name) => {
  const { code, stdout, stderr } = await svertka(name, "--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(new RegExp(`Usage: svertka ${name}[\\s\\S]*Example:\\n {2}svertka ${name}`));
});

test("the built command helps quickly: it loads no library for that", async () => {
  const start = performance.now();
  const { code, stdout } = await built(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("svertka");
  // 0.2 s on an idle machine; tests run side by side.
  expect(performance.now() - start).toBeLessThan(2000);
});

test("the built command ends with 2 and says so on stderr only", async () => {
  expect(await built(["nope"])).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: nope: there is no such command: the commands are ${names}\n`,
  });
});

test("a user's module finds every entry point of package.json in the running command", () => {
  const manifest: { exports: Record<string, unknown> } = JSON.parse(
    readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"),
  );
  const doors = Object.keys(manifest.exports).filter((door) => door !== "./package.json");
  expect(doorNames).toEqual(doors.map((door) => door.replace(/^\./, "svertka")));
});

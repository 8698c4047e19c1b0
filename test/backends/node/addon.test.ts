/** The addon is looked for, and what is wrong with it is one sentence with a remedy. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadAddon } from "../../../src/backends/node/addon.js";
import { nodeWith } from "../../../src/backends/node/index.js";
import { exitCodeOf } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "addon-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, files: Readonly<Record<string, string>>): void => {
  for (const [file, text] of Object.entries({ "package.json": "{}", ...files })) {
    const path = join(folder, "node_modules", name, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
};

const sentence = (): string => {
  const loaded = loadAddon([pathToFileURL(join(folder, "main.js")).href]);
  expect(E.isLeft(loaded)).toBe(true);
  if (E.isRight(loaded)) return "";
  expect(loaded.left.tag).toBe("BackendMissing");
  expect(loaded.left.message.length).toBeLessThanOrEqual(200);
  return loaded.left.message;
};

test("neither package: what to install", () => {
  expect(sentence()).toBe(
    "node: neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed: npm install @tensorflow/tfjs-node",
  );
});

test("a package whose install script did not run", () => {
  put("@tensorflow/tfjs-node", {});
  expect(sentence()).toContain("tfjs-node has no tfjs_binding.node, its install script did not run: npm rebuild");
});

test("an addon that does not load: the GPU package comes before the other", () => {
  put("@tensorflow/tfjs-node", { "lib/napi-v8/tfjs_binding.node": "no library" });
  put("@tensorflow/tfjs-node-gpu", { "lib/napi-v8/tfjs_binding.node": "no library" });
  expect(sentence()).toMatch(
    /^node: the addon of @tensorflow\/tfjs-node-gpu does not load \(.+\): npm rebuild @tensorflow\/tfjs-node-gpu$/,
  );
});

test("options that are no numbers of GPUs or threads", async () => {
  for (const [options, said] of [
    [{ gpus: [-1] }, "gpus: [-1] are no numbers of GPUs: give a list such as [0]"],
    [{ threads: 0.5 }, "threads: 0.5 is no number of threads: give 1 or more"],
  ] as const) {
    const loaded = await nodeWith(options).load();
    expect(E.isLeft(loaded) && [loaded.left.message, exitCodeOf(loaded.left)]).toEqual([said, 2]);
  }
});

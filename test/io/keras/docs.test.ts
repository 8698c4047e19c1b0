/** docs/keras.md: its tables are written from the mappings (UPDATE=1), and must be what they say; every layer has a mapping. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { kerasMappings } from "../../../src/io/keras/mappings.js";
import * as layers from "../../../src/ops/index.js";
import { activationNames, kerasActivation } from "../../../src/ops/keras-names.js";
import { operationNames } from "../../../src/ops/keras-operations.js";

const place = new URL("../../../docs/keras.md", import.meta.url);

/** The words that users write: layers, functions that make one, merges. */
const words = Object.entries<unknown>(layers)
  .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && !name.endsWith("Of"))
  .map(([name]) => name);

const table = (): string => {
  const rows = kerasMappings.map(({ word, classes, read, write, note = "" }) => {
    const names = classes.map((name) => `\`${name}\``).join(", ");
    return `| ${names} | \`${word}\` | ${read === undefined ? "" : "yes"} | ${write === undefined ? "" : "yes"} | ${note} |`;
  });
  const head = ["| Keras | svertka | read | written | |", "|---|---|---|---|---|"];
  const activations = [...activationNames]
    .filter(([keras, ours]) => kerasActivation(ours) === keras)
    .map(([keras]) => `\`${keras}\``);
  return [
    ...head,
    ...rows.toSorted((a, b) => (a < b ? -1 : 1)),
    "",
    `Activations by name: ${activations.join(", ")}.`,
    "",
    `Operations of \`keras.ops\` that are read, besides activations: ${operationNames.map((name) => `\`${name}\``).join(", ")}.`,
  ].join("\n");
};

test("docs/keras.md has the mappings (UPDATE=1 writes them)", () => {
  const text = readFileSync(place, "utf8");
  const [head = "", old = ""] = text.split("<!-- generated -->\n");
  if (process.env["UPDATE"] === "1") writeFileSync(place, `${head}<!-- generated -->\n${table()}\n`);
  else expect(old.trim()).toBe(table());
});

test("every layer of the vocabulary can be written", () => {
  const written = new Set(kerasMappings.filter(({ write }) => write !== undefined).map(({ word }) => word));
  expect(words.length).toBeGreaterThan(70);
  expect(words.filter((word) => !written.has(word))).toEqual([]);
});

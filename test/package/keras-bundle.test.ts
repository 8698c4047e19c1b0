/** What a page pays for Keras files: nothing, unless it reads one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bundled } from "../support/browser/bundle.js";
import { root } from "./imports.js";

const folder = mkdtempSync(`${root}/node_modules/.svertka-bundle-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scriptsOf = async (source: string): Promise<readonly string[]> => {
  const entry = `${folder}/entry.ts`;
  writeFileSync(entry, source);
  const files = await bundled(relative(root, entry));
  return [...files].flatMap(([name, content]) => (name.endsWith(".js") ? [String(content)] : []));
};

/** What only the mappings, h5wasm and the archive say. */
const signs = /kernel_regularizer|HDF5|central directory|keras_history/;

test("a page that predicts and reads .npy has no Keras mapping, no h5wasm, no zip in it; one that reads .keras loads HDF5 later", async () => {
  const without = await scriptsOf(`
    import { compile, conv2d, input, model, pipe, relu } from "svertka";
    import { readNpy } from "svertka/io";
    import { wasm } from "svertka/wasm";
    console.log(compile(model(pipe(input([4, 4, 1]), conv2d({ filters: 2, kernelSize: 3 }), relu)), { backend: wasm }), readNpy);`);
  expect(without.some((text) => signs.test(text))).toBe(false);
  const reading = await scriptsOf(`import { readKeras } from "svertka/io"; console.log(readKeras);`);
  expect(reading.some((text) => signs.test(text))).toBe(true);
  // HDF5's library is a chunk of its own, larger than all else.
  const [largest = 0, second = 0] = reading.map(({ length }) => length).toSorted((a, b) => b - a);
  expect(largest).toBeGreaterThan(3_000_000);
  expect(second).toBeLessThan(1_500_000);
}, 120_000);

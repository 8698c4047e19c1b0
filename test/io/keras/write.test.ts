/** Every kept file read, written and read again: the same outputs and names; what is written of that again is the same. */
import { describe, expect, test } from "vitest";
import { wasm } from "../../../src/backends/tfjs/wasm/index.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { readArchive } from "../../../src/io/keras/archive.js";
import { readKeras } from "../../../src/io/keras/read.js";
import { writeKeras } from "../../../src/io/keras/write.js";
import { keptBytes, keptKerasFiles, keptTried, largestError, outputsOf } from "./kept-files.js";

const configOf = (bytes: Uint8Array): unknown => {
  const content = orThrow(orThrow(readArchive(bytes, "written")).get("config.json")?.() ?? E.right(new Uint8Array()));
  return JSON.parse(new TextDecoder().decode(content));
};

describe.each(keptKerasFiles)("%s.keras, written by svertka", (id) => {
  test("is read back as the same model", async () => {
    const first = await orReject(readKeras(keptBytes(id), id));
    const bytes = await orReject(writeKeras(first.model, first.weights));
    const again = await orReject(readKeras(bytes, id));
    const second = await orReject(writeKeras(again.model, again.weights));
    expect(configOf(second)).toEqual(configOf(bytes));
    expect([...again.weights.keys()].toSorted()).toEqual([...first.weights.keys()].toSorted());
    for (const [name, { data }] of again.weights) expect(data, name).toEqual(first.weights.get(name)?.data);
    const tried = keptTried(id);
    const got = await outputsOf(again, tried, { backend: wasm });
    const [only] = got.values();
    for (const [name, { data }] of tried.outputs) {
      const error = largestError(got.size === 1 ? only : got.get(name), data);
      expect(error, `${name} differs by ${error}`).toBeLessThan(1e-5);
    }
  });
});

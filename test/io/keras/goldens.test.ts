/** Keras files that Keras wrote, read here: the same outputs, optimised and not (scripts/goldens/make_keras_files.py). */
import { describe, expect, test } from "vitest";
import { reference } from "../../../src/backends/reference/index.js";
import { wasm } from "../../../src/backends/tfjs/wasm/index.js";
import { requiredPasses } from "../../../src/compiler/pipeline.js";
import { orReject } from "../../../src/errors.js";
import { readKeras } from "../../../src/io/keras/read.js";
import { keptBytes, keptKerasFiles, keptTried, largestError, outputsOf } from "./kept-files.js";

describe.each(keptKerasFiles)("%s.keras", (id) => {
  test.each([
    { name: "optimised", backend: wasm, passes: undefined },
    { name: "not optimised", backend: reference, passes: requiredPasses },
  ])("gives Keras's outputs, $name", async ({ backend, passes }) => {
    const file = await orReject(readKeras(keptBytes(id), id));
    const tried = keptTried(id);
    const got = await outputsOf(file, tried, { backend, passes });
    expect(Array.from(got.keys()).toSorted()).toEqual(Array.from(tried.outputs.keys()).toSorted());
    for (const [name, { data }] of tried.outputs) {
      const error = largestError(got.get(name), data);
      expect(error, `${name} differs by ${error}`).toBeLessThan(1e-5);
    }
  });
});

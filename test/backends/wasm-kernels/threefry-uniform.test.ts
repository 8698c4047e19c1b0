/** `threefryUniform` against the plain generator of src/random, whose bits are checked by Random123's known answers. */
import { expect, test } from "vitest";
import { threefry2x32 } from "../../../src/random/threefry.js";
import { runKernel, sizeOf } from "./harness.js";

test.each([
  [[1], 0, [1, 2]],
  [[7], 3, [0xffffffff, 0x80000000]],
  [[8], 3, [0, 0]],
  [[5, 13], 12345, [0x13198a2e, 0x03707344]],
  [[2, 3, 3, 9], 2147483647, [-5, 7]],
])("shape %j, step %d, key %j", async (shape, step, key) => {
  const [key0 = 0, key1 = 0] = key;
  const inputs = [{ shape: [], values: Int32Array.of(step) }];
  const actual = await runKernel("threefryUniform", { inputs, shape, attributes: { key } });
  const expected = Array.from({ length: sizeOf(shape) }, (_, i) => {
    const word = threefry2x32(key0, key1, i >> 1, step)[i % 2] ?? 0;
    return (word >>> 8) / 2 ** 24;
  });
  expect([...actual]).toEqual(expected);
});

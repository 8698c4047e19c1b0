/** Padding and window sizes at run time; the types follow by test/types/property.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { E } from "../../src/fp.js";
import { padsOf, windowShape } from "../../src/shape/window.js";

const window = (kernel: number, strides: number, dilation = 1) =>
  ({ kernel, strides, padding: "same", dilation }) as const;

describe('"same" as TensorFlow pads', () => {
  // From tf.nn's notes on padding: total = max((ceil(i / s) - 1) s + (k - 1) d + 1 - i, 0), the odd cell after.
  test.each([
    { input: 5, kernel: 3, strides: 1, pads: [1, 1] },
    { input: 28, kernel: 3, strides: 2, pads: [0, 1] },
    { input: 13, kernel: 6, strides: 5, pads: [1, 2] },
    { input: 224, kernel: 7, strides: 2, pads: [2, 3] },
    { input: 7, kernel: 4, strides: 1, pads: [1, 2] },
    { input: 6, kernel: 2, strides: 3, pads: [0, 0] },
  ])("$input by a kernel of $kernel and strides of $strides", ({ input, kernel, strides, pads }) => {
    expect(padsOf([input, input], window(kernel, strides))).toEqual([pads, pads]);
  });

  test("explicit cells give the shape that the word gives", () => {
    const size = fc.integer({ min: 1, max: 40 });
    const few = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(size, size, few, few, few, (h, w, kernel, strides, dilation) => {
        const same = window(kernel, strides, dilation);
        const explicit = { ...same, padding: padsOf([h, w], same) };
        const expected = E.right([Math.ceil(h / strides), Math.ceil(w / strides), 3]);
        expect(windowShape("conv2d", "kernel", [h, w, 3], same)).toEqual(expected);
        expect(windowShape("conv2d", "kernel", [h, w, 3], explicit)).toEqual(expected);
      }),
    );
  });
});

test("every number of a sentence is a remedy that works", () => {
  const size = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(size, size, size, fc.integer({ min: 1, max: 3 }), (h, w, kernel, dilation) => {
      const tried = { kernel, strides: 1, padding: "valid", dilation } as const;
      const result = windowShape("conv2d", "kernel", [h, w, 3], tried);
      if (E.isRight(result)) return;
      const [, pads, ...limits] =
        /pad by at least (\S+|\[.*\]) on each .* at most (\d+)x(\d+)$/.exec(result.left) ?? [];
      const [kh, kw] = limits.map(Number);
      const pad: number | [number, number] = JSON.parse(pads ?? "");
      const [ph, pw] = typeof pad === "number" ? [pad, pad] : pad;
      const fits = (change: object): boolean =>
        E.isRight(windowShape("conv2d", "kernel", [h, w, 3], { ...tried, ...change }));
      expect(fits({ padding: pad })).toBe(true);
      if (ph > 0) expect(fits({ padding: [ph - 1, pw] })).toBe(false);
      if (pw > 0) expect(fits({ padding: [ph, pw - 1] })).toBe(false);
      expect(fits({ kernel: [kh, kw] })).toBe(true);
      expect(fits({ kernel: [(kh ?? 0) + 1, kw] })).toBe(false);
      expect(fits({ kernel: [kh, (kw ?? 0) + 1] })).toBe(false);
    }),
  );
});

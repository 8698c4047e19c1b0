/** Strict windows: the verdict and the count are those of counting cells, and the remedies work. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { E } from "../../src/fp.js";
import type { PaddingOption } from "../../src/shape/padding.js";
import { padsOf, windowShape } from "../../src/shape/window.js";

interface Tried {
  readonly size: number;
  readonly kernel: number;
  readonly strides: number;
  readonly dilation: number;
  readonly padding: "valid" | "same" | readonly [number, number];
}

/** The same along both axes of an image. */
const verdict = ({ size, kernel, strides, dilation, padding }: Tried): E.Either<string, unknown> => {
  const both: PaddingOption = typeof padding === "string" ? padding : [padding, padding];
  const window = { kernel, strides, padding: both, dilation, strict: true };
  return windowShape("conv2d", "kernel", [size, size, 3], window);
};

/** How many cells of an axis lie in no window, the holes of a dilated kernel not counted. */
const uncovered = ({ size, kernel, strides, dilation, padding }: Tried): number => {
  const window = {
    kernel,
    strides,
    dilation,
    padding: typeof padding === "string" ? padding : ([padding, padding] as const),
  };
  const [[before, after]] = padsOf([size, size], window);
  const reach = dilation * (kernel - 1) + 1;
  const seen = new Set<number>();
  for (let start = 0; start + reach <= before + size + after; start += strides)
    for (let cell = start; cell < start + reach; cell++) seen.add(cell - before);
  return Array.from({ length: size }, (_, cell) => cell).filter((cell) => !seen.has(cell)).length;
};

const small = fc.integer({ min: 1, max: 6 });
const tried = fc
  .record({
    size: fc.integer({ min: 1, max: 30 }),
    kernel: small,
    strides: small,
    dilation: fc.constantFrom(1, 1, 2, 3),
  })
  .chain((window) => {
    // A padding as large as the kernel makes windows of nothing but padding.
    const side = fc.integer({ min: 0, max: window.kernel - 1 });
    const padding = fc.oneof(fc.constantFrom("valid" as const, "same" as const), fc.tuple(side, side));
    return padding.map((sides): Tried => ({ ...window, padding: sides }));
  });
const fits = (one: Tried): boolean => one.padding === "same" || padded(one) >= one.dilation * (one.kernel - 1) + 1;
const padded = ({ size, padding }: Tried): number => size + (typeof padding === "string" ? 0 : padding[0] + padding[1]);

test("a sentence exactly where cells lie in no window", () => {
  fc.assert(
    fc.property(tried.filter(fits), (one) => {
      expect(E.isLeft(verdict(one))).toBe(uncovered(one) > 0);
    }),
    { numRuns: 5000 },
  );
});

test("its numbers are counted, and its remedies work", () => {
  fc.assert(
    fc.property(tried.filter(fits), (one) => {
      const result = verdict(one);
      if (E.isRight(result)) return;
      const end =
        /drops (\d+) rows? and \1 columns? of input .*: use padding \[\[(\d+), (\d+)\], .* or an input of (\d+)x/.exec(
          result.left,
        );
      if (end !== null) {
        const [, count = 0, before = 0, after = 0, size = 0] = end.map(Number);
        expect(count).toBe(uncovered(one));
        expect(E.isRight(verdict({ ...one, padding: [before, after] }))).toBe(true);
        expect(E.isRight(verdict({ ...one, size }))).toBe(true);
        return;
      }
      const gap =
        /drops (\d+) of every (\d+) rows .*: use strides of at most (\d+)x\3, or a kernel of at least (\d+)x\4$/.exec(
          result.left,
        );
      expect(gap).not.toBeNull();
      const [, count = 0, every = 0, strides = 0, kernel = 0] = gap?.map(Number) ?? [];
      const reach = one.dilation * (one.kernel - 1) + 1;
      expect([every - count, every]).toEqual([reach, one.strides]);
      // What may be left is the end.
      for (const mended of [
        { ...one, strides },
        { ...one, kernel },
      ]) {
        const again = verdict(mended);
        if (E.isLeft(again)) expect(again.left).not.toContain("of every");
      }
    }),
    { numRuns: 5000 },
  );
});

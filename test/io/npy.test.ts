/** .npy files: what NumPy wrote is read, what we write is read back, and damage is an error value. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, i32, u8, type NdArray } from "../../src/data/index.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { readNpy, writeNpy } from "../../src/io/index.js";
import { errorOf, messageOf } from "./outcome.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}.npy`, import.meta.url));
const read = (name: string): NdArray => orThrow(readNpy(fixture(name), `${name}.npy`));

describe("readNpy", () => {
  it.each(["little-f4", "big-f4", "little-f8", "little-f2", "version-2", "version-3"])(
    "reads NumPy's %s as f32",
    (name) => {
      expect(read(name)).toEqual(f32([2, 3], Float32Array.of(0, 1, 2, 3, 100, 7)));
    },
  );

  it.each(["little-i8", "little-i4", "big-i4", "little-i2", "little-u2", "little-u4", "little-u8", "byte-i1"])(
    "reads NumPy's %s as i32",
    (name) => {
      expect(read(name)).toEqual(i32([2, 3], Int32Array.of(0, 1, 2, 3, 100, 7)));
    },
  );

  it("reads bytes, truth values, scalars, vectors and empty arrays", () => {
    expect(read("byte-u1")).toEqual(u8([2, 3], Uint8Array.of(0, 1, 2, 3, 100, 7)));
    expect(read("byte-b1")).toEqual(u8([2, 3], Uint8Array.of(0, 1, 1, 1, 1, 1)));
    expect(read("scalar")).toEqual(f32([], Float32Array.of(1.5)));
    expect(read("vector")).toEqual(u8([3], Uint8Array.of(1, 2, 3)));
    expect(read("empty")).toEqual(f32([0, 3], new Float32Array(0)));
  });

  it("transposes Fortran order", () => {
    expect(read("fortran")).toEqual(
      f32(
        [2, 3, 4],
        Float32Array.from({ length: 24 }, (_, i) => i),
      ),
    );
  });

  it.each([
    [
      "too-large",
      "BadData: too-large.npy: element 1: 1099511627776 does not fit in 32 bits: save the array as int32 or float32",
    ],
    ["complex", 'Unsupported: complex.npy: npy: dtype "<c16": save it as float32, int32 or uint8 (astype)'],
    ["text", 'Unsupported: text.npy: npy: dtype "<U1": save it as float32, int32 or uint8 (astype)'],
    ["object", 'Unsupported: object.npy: npy: dtype "|O": save it as float32, int32 or uint8 (astype)'],
    ["structured", "Unsupported: structured.npy: npy: a structured dtype: save each field as an array of its own"],
  ])("refuses %s", (name, sentence) => {
    expect(errorOf(readNpy(fixture(name), `${name}.npy`))).toBe(sentence);
  });

  const good = writeNpy(f32([2, 3], new Float32Array(6)));
  const withHeader = (text: string): Uint8Array => {
    const out = Uint8Array.from([...good.subarray(0, 10), ...new TextEncoder().encode(text)]);
    new DataView(out.buffer).setUint16(8, text.length, true);
    return out;
  };

  it.each([
    ["nothing", new Uint8Array(0), /0 bytes, no .npy file is so short/],
    ["another format", new TextEncoder().encode("PK\u0003\u0004 and so on"), /does not begin with/],
    ["version 9", good.with(6, 9), /format version 9/],
    ["half a header", good.subarray(0, 40), /the header ends at byte 128 of 40: the file is cut short/],
    ["half the data", good.subarray(0, 140), /12 bytes of data, shape \(2, 3\) takes 24: the file is cut short/],
    ["data behind", Uint8Array.from([...good, 0]), /25 bytes of data, shape \(2, 3\) takes 24: cut off/],
    ["no descr", withHeader("{'fortran_order': False, 'shape': (1,), }"), /no 'descr'/],
    ["no order", withHeader("{'descr': '<f4', 'shape': (1,), }"), /no valid 'fortran_order'/],
    ["a negative size", withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"), /no valid 'shape'/],
    [
      "an absurd size",
      withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999, 999999999999999), }"),
      /cut short/,
    ],
    [
      "65 dimensions",
      withHeader(`{'descr': '<f4', 'fortran_order': True, 'shape': (${"1, ".repeat(65)}), }`),
      /no valid 'shape'/,
    ],
    [
      "a shape made to stall a regular expression",
      withHeader(`{'descr': '<f4', 'fortran_order': True, 'shape': (${"1".repeat(60_000)}x), }`),
      /no valid 'shape'/,
    ],
  ])("gives an error value for %s", (_, bytes, sentence) => {
    expect(messageOf(readNpy(bytes, "x.npy"))).toMatch(sentence);
  });

  it("never throws, however a file is changed", () => {
    const files = ["little-f4", "fortran", "little-i8", "version-2"].map(fixture);
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(255), fc.nat(), (file, at, byte, length) => {
        const changed = file.slice(0, length % (file.length + 1));
        if (changed.length > 0) changed[at % changed.length] = byte;
        const result = readNpy(changed, "x.npy");
        return E.isRight(result) || result.left.message.length <= 200;
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writeNpy", () => {
  it("writes NumPy's bytes", () => {
    expect(writeNpy(read("little-f4"))).toEqual(new Uint8Array(fixture("little-f4")));
    expect(writeNpy(read("vector"))).toEqual(new Uint8Array(fixture("vector")));
    expect(writeNpy(read("scalar"))).toEqual(new Uint8Array(fixture("scalar")));
  });

  it("is read back, NaN and −0 too", () => {
    const shape = fc.array(fc.nat(4), { maxLength: 4 });
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.float()), (extents, stream) => {
        const size = extents.reduce((product, extent) => product * extent, 1);
        const array = f32(extents, Float32Array.from(stream.take(size)));
        expect(orThrow(readNpy(writeNpy(array), "x.npy"))).toEqual(array);
      }),
    );
  });
});

/** IDX files: each number format read, and damage, absurd sizes and gzip bombs as error values. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, gunzipIfNeeded, i32, readIdx, u8 } from "../../src/data/index.js";
import { orReject, orThrow, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";

/** An IDX file by its parts. */
const idx = (code: number, sizes: readonly number[], body: readonly number[]): Uint8Array => {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  header.setUint8(2, code);
  header.setUint8(3, sizes.length);
  for (const [axis, size] of sizes.entries()) header.setUint32(4 + 4 * axis, size);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...body]);
};

describe("readIdx", () => {
  it("reads bytes, whatever the offset of the view", () => {
    const file = idx(8, [2, 1, 3], [0, 1, 2, 253, 254, 255]);
    const expected = u8([2, 1, 3], Uint8Array.of(0, 1, 2, 253, 254, 255));
    expect(orThrow(readIdx(file, "x"))).toEqual(expected);
    expect(orThrow(readIdx(Uint8Array.from([9, ...file, 9]).subarray(1, -1), "x"))).toEqual(expected);
  });

  it.each([
    { name: "int8", file: idx(0x09, [2], [0xff, 0x7f]), array: i32([2], Int32Array.of(-1, 127)) },
    { name: "int16", file: idx(0x0b, [2], [0xff, 0xfe, 1, 0]), array: i32([2], Int32Array.of(-2, 256)) },
    {
      name: "int32",
      file: idx(0x0c, [2], [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0]),
      array: i32([2], Int32Array.of(-1, 0x1000000)),
    },
    { name: "float32", file: idx(0x0d, [1], [0x3f, 0xc0, 0, 0]), array: f32([1], Float32Array.of(1.5)) },
    { name: "float64", file: idx(0x0e, [1], [0xc0, 4, 0, 0, 0, 0, 0, 0]), array: f32([1], Float32Array.of(-2.5)) },
  ])("reads big-endian $name", ({ file, array }) => {
    expect(orThrow(readIdx(file, "x"))).toEqual(array);
  });

  it.each([
    ["nothing", new Uint8Array(0), "BadFile", "IDX: 0 bytes, the header takes at least 8: the file is cut short"],
    [
      "another format",
      new TextEncoder().encode("\u0089PNG and so on"),
      "BadFile",
      "IDX: begins with 0xc2 0x89, not 0x00 0x00: this is no IDX file",
    ],
    [
      "element type 0x0a",
      idx(0x0a, [1], [0]),
      "Unsupported",
      "IDX: element type 0x0a is none of 0x08, 0x09, 0x0b to 0x0e: convert the file",
    ],
    ["0 dimensions", idx(8, [], [0]), "BadFile", "IDX: 0 dimensions, at least 1 is needed: the file is damaged"],
    [
      "half a header",
      idx(8, [1, 2, 3], []).subarray(0, 12),
      "BadFile",
      "IDX: 12 bytes, a header of 3 dimensions takes 16: the file is cut short",
    ],
    [
      "a dimension of 0",
      idx(8, [3, 0], []),
      "BadFile",
      "IDX: dimension 1 is 0, at least 1 is needed: the file is damaged",
    ],
    [
      "half the data",
      idx(8, [2, 2], [1, 2, 3]),
      "BadFile",
      "IDX: 15 bytes, the header states 16: the file is cut short",
    ],
    ["data behind", idx(8, [2], [1, 2, 3]), "BadFile", "IDX: 11 bytes, the header states 10: cut off the 1 behind"],
    [
      "an absurd size",
      idx(8, [60_000, 4_000_000_000], [1]),
      "BadFile",
      "IDX: more than 536870912 elements up to dimension 1 (4000000000): the header is damaged",
    ],
    [
      "255 absurd sizes",
      idx(
        8,
        Array.from({ length: 255 }, () => 0xffffffff),
        [],
      ),
      "BadFile",
      "IDX: more than 536870912 elements up to dimension 0 (4294967295): the header is damaged",
    ],
  ])("gives an error value for %s", (_, file, tag, message) => {
    expect(readIdx(file, "x.idx")).toEqual(E.left({ tag, where: "x.idx", message }));
  });

  it("never throws, whatever the bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    const likely = fc
      .tuple(fc.constantFrom(8, 9, 11, 12, 13, 14), fc.nat(4), bytes)
      .map(([code, rank, rest]) => Uint8Array.of(0, 0, code, rank, ...rest));
    fc.assert(
      fc.property(fc.oneof(bytes, likely), (file) => {
        const result = readIdx(file, "x");
        return E.isRight(result) || result.left.message.length <= 200;
      }),
      { numRuns: 1000 },
    );
  });
});

describe("gunzipIfNeeded", () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(1_000_000).fill(7)));
  const errorOf = async (bytes: Uint8Array, limit?: number): Promise<string> => {
    const result = await gunzipIfNeeded(bytes, "x.gz", limit)();
    return E.isLeft(result) ? render(result.left) : "no error";
  };

  it("unpacks gzip and leaves the rest alone", async () => {
    expect(await orReject(gunzipIfNeeded(packed, "x"))).toEqual(new Uint8Array(1_000_000).fill(7));
    expect(await orReject(gunzipIfNeeded(Uint8Array.of(0, 0, 8), "x"))).toEqual(Uint8Array.of(0, 0, 8));
  });

  it("stops at the limit: a file made to fill the memory", async () => {
    expect(await errorOf(packed, 999_999)).toBe(
      "x.gz: gzip: unpacks to more than 999999 bytes: is this the right file?",
    );
    expect(await errorOf(packed, 1_000_000)).toBe("no error");
  });

  it("says when the file is damaged or cut short", async () => {
    const damaged = "x.gz: gzip: the NN bytes are damaged or cut short: copy or download the file again";
    const flipped = packed.with(packed.length - 6, (packed.at(-6) ?? 0) ^ 1); // a bit of the checksum
    for (const bytes of [
      packed.subarray(0, 100),
      packed.subarray(0, -3),
      packed.subarray(0, 2),
      flipped,
      Uint8Array.from([...packed, 1]),
    ])
      expect(await errorOf(bytes)).toBe(damaged.replace("NN", String(bytes.length)));
  });
});

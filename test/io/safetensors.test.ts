/** safetensors: the reference writer's file is read, ours round-trips, and every kind of damage is an error value. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, i32, u8 } from "../../src/data/index.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../src/io/index.js";
import { errorOf, messageOf } from "./outcome.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}.safetensors`, import.meta.url));
const byName = (tensors: readonly NamedTensor[]): readonly NamedTensor[] =>
  tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** A file with this header text (padded or not) and this many zero bytes of data. */
const withHeader = (json: string, length: number): Uint8Array => {
  const text = new TextEncoder().encode(json);
  const out = new Uint8Array(8 + text.length + length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
};

const tensor: fc.Arbitrary<NamedTensor> = fc
  .record({
    name: fc.string({ unit: "binary" }),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
    kind: fc.nat(2),
    seed: fc.nat(255),
  })
  .map(({ name, shape, kind, seed }): NamedTensor => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = Array.from({ length: size }, (_, i) => (seed + i) % 256);
    if (kind === 0)
      return {
        name,
        ...f32(
          shape,
          Float32Array.from(values, (v) => v / 3),
        ),
      };
    return kind === 1
      ? {
          name,
          ...i32(
            shape,
            Int32Array.from(values, (v) => -v),
          ),
        }
      : { name, ...u8(shape, Uint8Array.from(values)) };
  });
const tensors = fc
  .uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 })
  .filter((all) => all.every(({ name }) => name !== "__metadata__"));

describe("decodeSafetensors", () => {
  it("reads what the reference implementation wrote", () => {
    const { tensors: read, metadata } = orThrow(decodeSafetensors(fixture("mixed"), "mixed.safetensors"));
    expect({ ...metadata }).toEqual({ framework: "numpy" });
    expect(byName(read)).toEqual(
      byName([
        { name: "conv2d/kernel", ...f32([2, 3], Float32Array.of(0, 1, 2, 3, 4, 5)) },
        { name: "step", ...i32([], Int32Array.of(7)) },
        { name: "bytes", ...u8([3], Uint8Array.of(1, 2, 255)) },
        { name: "half", ...f32([7], Float32Array.of(0, -0, 1.5, 65504, 2 ** -24, Infinity, -Infinity)) },
        { name: "brain", ...f32([3], Float32Array.of(1, -2.5, 3.140625)) },
        { name: "empty", ...f32([0, 4], new Float32Array(0)) },
        { name: "__proto__", ...i32([1], Int32Array.of(1)) },
      ]),
    );
  });

  it("names a dtype that it does not hold exactly", () => {
    expect(errorOf(decodeSafetensors(fixture("float64"), "w.safetensors"))).toBe(
      'Unsupported: w.safetensors: safetensors, tensor "wide": dtype "F64" is none of F32, F16, BF16, I32, I16, I8, U16, U8: convert it',
    );
  });

  const entry = (name: string, shape: string, offsets: string): string =>
    `"${name}":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;

  it.each([
    ["nothing", new Uint8Array(0), /0 bytes, at least 8/],
    ["a header of 2^63 bytes", new Uint8Array(16).fill(128, 7, 8), /a header of 9223372036854775808 bytes, at most/],
    [
      "a header past the end",
      withHeader("{}", 0).with(0, 3),
      /a header of 3 bytes in a file of 10: the file is cut short/,
    ],
    ["no UTF-8", withHeader("{  }", 0).with(9, 0xff), /no UTF-8/],
    ["no JSON", withHeader("{a}", 0), /no JSON object/],
    ["a list", withHeader("[]", 0), /no JSON object/],
    ["deep nesting", withHeader("[".repeat(200_000), 0), /no JSON object/],
    [
      "a name twice",
      withHeader(`{${entry("a", "[1]", "[0,4]")}, ${entry("a", "[1]", "[0,4]")}}`, 4),
      /the header has "a" twice/,
    ],
    [
      "a name twice, escaped",
      withHeader(`{${entry("a", "[1]", "[0,4]")},${entry("\\u0061", "[1]", "[4,8]")}}`, 8),
      /has "a" twice/,
    ],
    ["no dtype", withHeader('{"a":{}}', 0), /tensor "a": no dtype/],
    ["a tensor that is no object", withHeader('{"a":1}', 0), /tensor "a": no dtype/],
    ["a negative size", withHeader(`{${entry("a", "[-1]", "[0,4]")}}`, 4), /shape is no list/],
    ["a size that is no number", withHeader(`{${entry("a", '["1"]', "[0,4]")}}`, 4), /shape is no list/],
    ["one offset", withHeader(`{${entry("a", "[1]", "[0]")}}`, 4), /data_offsets are not two/],
    ["offsets backwards", withHeader(`{${entry("a", "[1]", "[4,0]")}}`, 4), /-4 bytes, its shape takes 4/],
    [
      "a shape that needs more",
      withHeader(`{${entry("a", "[1e15,1e15,1e15]", "[0,4]")}}`, 4),
      /4 bytes, its shape takes 4\.\d+e\+45/,
    ],
    [
      "a gap",
      withHeader(`{${entry("a", "[1]", "[4,8]")}}`, 8),
      /tensor "a": begins at byte 4, the one before ends at 0/,
    ],
    [
      "an overlap",
      withHeader(`{${entry("a", "[2]", "[0,8]")},${entry("b", "[2]", "[4,12]")}}`, 12),
      /tensor "b": begins at byte 4, the one before ends at 8/,
    ],
    [
      "data missing",
      withHeader(`{${entry("a", "[2]", "[0,8]")}}`, 7),
      /take 8 bytes, the file has 7 for them: the file is cut short/,
    ],
    [
      "data behind",
      withHeader(`{${entry("a", "[2]", "[0,8]")}}`, 9),
      /take 8 bytes, the file has 9 for them: the file is damaged/,
    ],
    ["metadata that is no object", withHeader('{"__metadata__":[]}', 0), /__metadata__ is no object/],
    ["metadata that is no text", withHeader('{"__metadata__":{"a":1}}', 0), /__metadata__ "a" is no text/],
    ["a name of a megabyte", withHeader(`{"${"a".repeat(1e6)}":1}`, 0), /^safetensors, tensor "a{39}…"/],
  ])("gives an error value for %s", (_, bytes, sentence) => {
    const message = messageOf(decodeSafetensors(bytes, "w.safetensors"));
    expect(message).toMatch(sentence);
    expect(message.length).toBeLessThanOrEqual(200);
  });

  it("never throws, however a file is changed", () => {
    const file = fixture("mixed");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(file.length),
        (changes, length) => {
          const changed = new Uint8Array(file);
          for (const [at, byte] of changes) changed[at] = byte;
          const result = decodeSafetensors(length % 3 === 0 ? changed.subarray(0, length) : changed, "w");
          return E.isRight(result) || result.left.message.length <= 200;
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("encodeSafetensors", () => {
  it("round-trips, whatever the names", () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string({ unit: "binary" }), fc.string()), (all, metadata) => {
        const file = encodeSafetensors(all, metadata);
        const back = orThrow(decodeSafetensors(file, "w"));
        expect(byName(back.tensors)).toEqual(byName(all));
        expect(new Map(Object.entries(back.metadata))).toEqual(new Map(Object.entries(metadata)));
        expect(new DataView(file.buffer).getBigUint64(0, true) % 8n).toBe(0n);
      }),
    );
  });

  it("keeps the order of tensors of one width", () => {
    const named = ["10", "b", "2", "a"].map((name): NamedTensor => ({ name, ...f32([1], Float32Array.of(1)) }));
    expect(orThrow(decodeSafetensors(encodeSafetensors(named), "w")).tensors.map(({ name }) => name)).toEqual([
      "10",
      "b",
      "2",
      "a",
    ]);
  });

  it("treats a name twice as a bug of ours", () => {
    const one: NamedTensor = { name: "a", ...f32([], Float32Array.of(1)) };
    expect(() => encodeSafetensors([one, one])).toThrow('svertka bug: a safetensors file holds the name "a" twice');
  });
});

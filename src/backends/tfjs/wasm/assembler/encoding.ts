/** The number formats of the WebAssembly binary format: LEB128 integers, IEEE 754 floats, length-prefixed vectors (core specification §5.2). */

/** Unsigned LEB128. */
export const unsigned = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
};

/** Signed LEB128 of a 32-bit integer. */
export const signed = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
};

const floats = new Float32Array(1);
const words = new Int32Array(floats.buffer);

/** The four bytes of a float32, little endian. */
export const float32 = (value: number): readonly number[] => {
  floats[0] = value;
  return int32(words[0] ?? 0);
};

/** The four bytes of an int32, little endian. */
export const int32 = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

/** A vector: its length, then its items. */
export const vector = (items: readonly (readonly number[])[]): readonly number[] => {
  const bytes = [...unsigned(items.length)];
  for (const item of items) bytes.push(...item);
  return bytes;
};

/** A name or a section's content: its length in bytes, then the bytes. */
export const sized = (bytes: readonly number[]): readonly number[] => [...unsigned(bytes.length), ...bytes];

/** An ASCII name. */
export const name = (text: string): readonly number[] => sized(Array.from(text, (letter) => letter.charCodeAt(0)));

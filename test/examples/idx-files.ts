/** IDX files of bytes, as MNIST and Fashion-MNIST are in (LeCun's format: yann.lecun.com/exdb/mnist). */

export const idx = (extents: readonly number[], body: Uint8Array): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * extents.length);
  header.writeUInt32BE(0x0800 + extents.length, 0);
  extents.forEach((extent, axis) => header.writeUInt32BE(extent, 4 + 4 * axis));
  return Buffer.concat([header, body]);
};

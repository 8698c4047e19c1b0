/** Examples cached in a file: the same bits as without it, and files that are not to be taken. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  batch,
  cacheToFile,
  elements,
  f32,
  fromArrays,
  fromGenerator,
  i32,
  imagesFromFolder,
  map,
  repeat,
  shuffle,
  toArrays,
  u8,
  type CacheFileOptions,
  type Dataset,
} from "../../src/data/node.js";
import { orReject, render } from "../../src/errors.js";
import { E, pipe } from "../../src/fp.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "svertka-cache-"));
  path = join(folder, "kept.examples");
});
afterEach(() => rmSync(folder, { recursive: true }));

const all = async <X, Y>(data: Dataset<X, Y>): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const example of elements(data)) found.push(example);
  return found;
};
const cached = <X, Y>(data: Dataset<X, Y>, options?: CacheFileOptions): Promise<Dataset<X, Y>> =>
  orReject(cacheToFile(path, options)(data));
const errorOf = async (data: Dataset<unknown, unknown>, options?: CacheFileOptions): Promise<string> => {
  const made = await cacheToFile(path, options)(data)();
  return E.isLeft(made) ? render(made.left).replace(folder, "F") : "no error";
};

const bits = Float32Array.of(1 / 3, -0, NaN, Infinity, 1e-45, 3);
const rows = fromArrays({
  x: f32([3, 2] as const, bits),
  y: i32([3] as const, Int32Array.of(2, 0, 1)),
  classes: 3,
  sampleWeights: f32([3], Float32Array.of(1, 0.5, 2)),
});
const doubled = (factor: number): Dataset<unknown, unknown> =>
  pipe(
    fromArrays({ x: f32([4, 1] as const, Float32Array.of(1, 2, 3, 4)) }),
    map(({ x, y }) => ({
      x: f32(
        x.shape,
        x.data.map((value) => value * factor),
      ),
      y,
    })),
  );

describe("cacheToFile", () => {
  it("gives the same bits, in a second run without the source", async () => {
    expect(await all(await cached(rows))).toEqual(await all(rows));
    const again = await cached(rows);
    expect(await all(again)).toEqual(await all(rows));
    const mixed = pipe(again, shuffle({ seed: 5 }), batch(2));
    const direct = pipe(rows, shuffle({ seed: 5 }), batch(2));
    expect(await orReject(toArrays(mixed))).toEqual(await orReject(toArrays(direct)));
    expect(readdirSync(folder)).toEqual(["kept.examples"]);
  });

  it("keeps named arrays, bytes, and a stream, which is then read by number", async () => {
    let opened = 0;
    const stream = fromGenerator(function* () {
      opened++;
      for (let i = 0; i < 5; i++)
        yield { x: { b: u8([3], Uint8Array.of(i, 2, 255)), __proto: f32([], Float32Array.of(i)) }, y: undefined };
    });
    const kept = await cached(stream, { version: "1" });
    expect([kept.count, kept.source.kind]).toEqual([5, "indexed"]);
    expect(await all(kept)).toEqual(await all(stream));
    opened = 0;
    await all(await cached(stream, { version: "1" }));
    expect(opened).toBe(0);
  });

  it("reads pictures once, notices a changed file, and leaves out what cannot be read", async () => {
    const pictures = join(folder, "pictures");
    for (const [kind, shade] of [
      ["a", 50],
      ["b", 200],
    ] as const) {
      mkdirSync(join(pictures, kind), { recursive: true });
      for (let i = 0; i < 3; i++)
        writeFileSync(
          join(pictures, kind, `${i}.png`),
          encode({ width: 4, height: 3, channels: 3, data: new Uint8Array(36).fill(shade + i) }),
        );
    }
    writeFileSync(join(pictures, "a", "3.png"), "no picture");
    const read = await orReject(imagesFromFolder(pictures, { shuffle: false, workers: 0, onError: "skip" }));
    const heard: number[] = [];
    const kept = await cached(read, { onProgress: (written) => heard.push(written) });
    expect(kept.count).toBe(7);
    expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await all(kept)).toEqual(await all(read));
    expect((await all(kept)).length).toBe(6);
    utimesSync(join(pictures, "b", "1.png"), 1, 1);
    expect(await errorOf(read)).toBe(
      'F/kept.examples: cache: it is of another pipeline or seed, or files have changed: remove it, give another path, or say changed: "rewrite"',
    );
    expect(await all(await cached(read, { changed: "rewrite" }))).toEqual(await all(read));
  });

  it("notices a function and a seed that are others, and rewrites when told to", async () => {
    await cached(doubled(2));
    expect(await errorOf(doubled(3))).toBe(
      'F/kept.examples: cache: example 0 is another now than in the file: remove it, say changed: "rewrite", or give a version if it may differ',
    );
    expect(await errorOf(doubled(2), { seed: 1 })).toContain("another pipeline or seed");
    expect(await errorOf(doubled(2), { version: "2" })).toContain("another pipeline or seed");
    expect(await errorOf(doubled(2))).toBe("no error");
    expect(await all(await cached(doubled(3), { changed: "rewrite" }))).toEqual(await all(doubled(3)));
  });

  it("takes no file that is foreign, of another format, cut short or damaged", async () => {
    writeFileSync(path, "x,y\n1,2\n");
    const foreign = "F/kept.examples: cache: this is no file of cached examples: give another path, or remove it";
    expect(await errorOf(rows, { changed: "rewrite" })).toBe(foreign);
    expect(readFileSync(path, "utf8")).toBe("x,y\n1,2\n");
    rmSync(path);
    await cached(rows);
    const whole = readFileSync(path);
    const damage = "F/kept.examples: cache: it is cut short or damaged: remove it, and it is written again";
    for (let length = 16; length < whole.length; length += 5) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await errorOf(rows, { version: undefined })).toBe(damage);
    }
    const changed = (at: number): void => {
      const bytes = Uint8Array.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    };
    changed(16);
    expect(await errorOf(rows)).toBe(
      "F/kept.examples: cache: its format is 0, this svertka reads 1: remove it, and it is written again",
    );
    // The tail, the index, and an example, which is noticed when it is read.
    for (const at of [whole.length - 32, whole.length - 24, whole.length - 1, whole.length - 40]) {
      changed(at);
      expect(await errorOf(rows)).toBe(damage);
    }
    for (let at = 56; at < whole.length - 80; at += 3) {
      changed(at);
      const read = await toArrays(await cached(rows))();
      expect(E.isLeft(read) && render(read.left)).toMatch(/cache: example [012] is damaged: remove the file, and it/);
    }
    rmSync(path);
    expect(await all(await cached(rows))).toEqual(await all(rows));
  });

  it("leaves nothing behind where the disk is full", () => {
    const script = join(folder, "write.ts");
    const door = JSON.stringify(fileURLToPath(new URL("../../src/data/node.ts", import.meta.url)));
    writeFileSync(
      script,
      `import { cacheToFile, f32, fromArrays } from ${door};
      const data = fromArrays({ x: f32([64, 1024] as const, new Float32Array(65536)) });
      const made = await cacheToFile(${JSON.stringify(path)})(data)();
      console.log(made._tag, made._tag === "Left" ? made.left.message : "");`,
    );
    // The shell's limit on the size of a file, in blocks of 512 or 1024 bytes: the examples take 256 KiB.
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const line = `ulimit -f 64; exec "${process.execPath}" --import jiti/register "${script}"`;
    const said = execFileSync("sh", ["-c", line], {
      encoding: "utf8",
      cwd: root,
      env: { ...process.env, JITI_FS_CACHE: "false" },
    });
    expect(said.trim()).toBe("Left cannot write: the system says EFBIG: check the path and the disk");
    expect(readdirSync(folder)).toEqual(["write.ts"]);
  });

  it("leaves nothing behind when the source fails, and says the rest in one sentence", async () => {
    const failing = map((example: { x: unknown; y: unknown }, { index }) => {
      if (index === 2) throw new Error("no third");
      return example;
    })(rows);
    expect(await errorOf(failing)).toBe("map: the function throws Error: no third at example 2: correct it");
    expect(readdirSync(folder)).toEqual([]);
    expect(await errorOf(repeat()(rows))).toBe(
      "F/kept.examples: cache: the data have no end: take(n) of them before the cache",
    );
    mkdirSync(path);
    expect(await errorOf(rows)).toBe("F/kept.examples: cache: this is a folder: give the path of a file in it");
    rmSync(path, { recursive: true });
    writeFileSync(path, "");
    path = join(path, "in-it");
    expect(await errorOf(rows)).toBe(
      "F/kept.examples/in-it: cache: a part of the path is a file, not a folder: give another path",
    );
    path = join(folder, "made", "there", "kept");
    expect(await all(await cached(rows))).toEqual(await all(rows));
  });
});

it("what a killed run left of the file goes, and nothing else", async () => {
  const names = [
    "kept.examples.tmp-0123abcd",
    "kept.examples.tmp-89ab4567",
    "other.examples.tmp-0123abcd",
    "kept.examples.tmp-mine",
  ];
  for (const name of names) writeFileSync(join(folder, name), "half");
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  for (const [i, name] of names.entries()) if (i !== 1) utimesSync(join(folder, name), twoHoursAgo, twoHoursAgo);
  await cached(rows);
  expect(readdirSync(folder).toSorted()).toEqual(["kept.examples", ...names.slice(1)].toSorted());
});

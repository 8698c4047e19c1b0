/** Files under Node: whole or not at all, and sentences for what goes wrong. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orReject } from "../../src/errors.js";
import { makeDirectory, readBytes, readText, writeAtomically } from "../../src/io/node.js";
import { errorOf } from "./outcome.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "svertka-io-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("writeAtomically", () => {
  it("writes text and bytes, over an old file too, and leaves nothing beside", async () => {
    const path = join(folder, "a.txt");
    await orReject(writeAtomically(path, "old"));
    await orReject(writeAtomically(path, "new"));
    expect(await orReject(readText(path))).toBe("new");
    await orReject(writeAtomically(path, Uint8Array.of(1, 2)));
    expect([...(await orReject(readBytes(path)))]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("lets many write one path at a time: one of them wins, whole", async () => {
    const path = join(folder, "race");
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000));
    await Promise.all(texts.map((text) => orReject(writeAtomically(path, text))));
    expect(texts).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder).filter((name) => name.includes(".tmp-"))).toEqual([]);
  });

  it("keeps what was there, and removes its temporary file, when it fails", async () => {
    const path = join(folder, "taken");
    mkdirSync(join(path, "inside"), { recursive: true });
    expect(errorOf(await writeAtomically(path, "x")())).toBe(
      `BadFile: ${path}: cannot write: this is a folder: give the path of a file`,
    );
    expect(existsSync(join(path, "inside"))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes(".tmp-"))).toEqual([]);
  });

  it("says when the folder is missing", async () => {
    const path = join(folder, "none", "x");
    expect(errorOf(await writeAtomically(path, "x")())).toBe(
      `BadFile: ${path}: cannot write: no such file or folder: check the path`,
    );
  });
});

describe("readBytes", () => {
  it("says what is wrong with the path", async () => {
    const none = join(folder, "none");
    expect(errorOf(await readBytes(none)())).toBe(
      `BadFile: ${none}: cannot read: no such file or folder: check the path`,
    );
    expect(errorOf(await readBytes(folder)())).toBe(
      `BadFile: ${folder}: cannot read: this is a folder: give the path of a file`,
    );
  });

  it("says when it may not read", async (context) => {
    context.skip(process.getuid?.() === 0, "the root user may read every file");
    const path = join(folder, "secret");
    writeFileSync(path, "x");
    chmodSync(path, 0);
    expect(errorOf(await readBytes(path)())).toMatch(/permission denied/);
  });
});

describe("makeDirectory", () => {
  it("makes folders, is content with those that are there, and says when a file is in the way", async () => {
    const path = join(folder, "x", "y");
    await orReject(makeDirectory(path));
    await orReject(makeDirectory(path));
    writeFileSync(join(path, "file"), "");
    expect(errorOf(await makeDirectory(join(path, "file"))())).toMatch(/cannot make the folder: a file is in the way/);
    expect(errorOf(await makeDirectory(join(path, "file", "below"))())).toMatch(/not a folder/);
  });
});

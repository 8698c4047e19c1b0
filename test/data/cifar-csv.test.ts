/** CIFAR's binary files, made here by the format's description, and CSV: what is read, and what is wrong with files. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCifar10, readCifar100, readCsv, readCsvFile, toArrays, type CsvOptions } from "../../src/data/node.js";
import { orReject, orThrow, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "svertka-cifar-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A record: labels, then planes of red, green and blue; the pixel at row y, column x has red y, green x, blue `blue`. */
const record = (labels: readonly number[], blue: number): Uint8Array => {
  const planes = Array.from({ length: 3 * 1024 }, (_, i) => {
    const at = i % 1024;
    return i < 1024 ? Math.floor(at / 32) : i < 2048 ? at % 32 : blue;
  });
  return Uint8Array.of(...labels, ...planes);
};
const file = (...records: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(records.flatMap((one) => Array.from(one)));

describe("CIFAR", () => {
  const write10 = (): void => {
    for (let i = 1; i <= 5; i++)
      writeFileSync(join(folder, `data_batch_${i}.bin`), file(record([i], 10 * i), record([9], 255)));
    writeFileSync(join(folder, "test_batch.bin"), file(record([0], 0)));
  };
  const errorOf = async (): Promise<string> => {
    const read = await readCifar10(folder)();
    return E.isLeft(read) ? render(read.left) : "no error";
  };

  it("reads five files in order, planes as channels, from 0 to 1", async () => {
    write10();
    const { train, test, classNames } = await orReject(readCifar10(folder));
    expect([train.count, test.count, classNames[9]]).toEqual([10, 1, "truck"]);
    const { x, y, classes } = await orReject(toArrays(train));
    expect([x.shape, [...y.data], classes]).toEqual([[10, 32, 32, 3], [1, 9, 2, 9, 3, 9, 4, 9, 5, 9], 10]);
    const [row, column] = [5, 17];
    const at = ((2 * 32 + row) * 32 + column) * 3;
    expect([...x.data.subarray(at, at + 3)].map((value) => Math.round(value * 255))).toEqual([row, column, 20]);
  });

  it("CIFAR-100: the fine label or the coarse one", async () => {
    for (const name of ["train.bin", "test.bin"])
      writeFileSync(join(folder, name), file(record([3, 77], 1), record([19, 99], 2)));
    writeFileSync(join(folder, "fine_label_names.txt"), Array.from({ length: 100 }, (_, i) => `thing ${i}`).join("\n"));
    const fine = await orReject(readCifar100(folder));
    expect([...(await orReject(toArrays(fine.train))).y.data]).toEqual([77, 99]);
    expect(fine.classNames[99]).toBe("thing 99");
    const coarse = await orReject(readCifar100(folder, { labels: "coarse" }));
    const read = await orReject(toArrays(coarse.test));
    expect([[...read.y.data], read.classes]).toEqual([[3, 19], 20]);
  });

  it("says what is wrong in one sentence", async () => {
    write10();
    truncateSync(join(folder, "data_batch_3.bin"), 5000);
    expect(await errorOf()).toMatch(
      /data_batch_3\.bin: CIFAR-10: 5000 bytes are no whole number of records of 3073: the file is cut short, or another one$/,
    );
    writeFileSync(join(folder, "data_batch_3.bin"), "");
    expect(await errorOf()).toMatch(/0 bytes are no whole number of records/);
    writeFileSync(join(folder, "data_batch_3.bin"), file(record([1], 0), record([10], 0)));
    expect(await errorOf()).toMatch(/record 1 has label 10, 10 classes allow 0 to 9: is this the right file\?$/);
    rmSync(join(folder, "data_batch_3.bin"));
    expect(await errorOf()).toMatch(/the folder lacks data_batch_3\.bin: give the folder of its binary version$/);
  });
});

describe("CSV", () => {
  const text = '\ufeffa,"b ""x""", kind ,c\r\n1,2,cat,9\n-3.5,4e2,dog,\n\n';

  it("reads columns by name: quotes, CRLF, a mark of byte order, empty lines", async () => {
    const rows = orThrow(readCsv(text, { inputs: ['b "x"', "a"], label: { column: "kind", classes: ["cat", "dog"] } }));
    const { x, y, classes } = await orReject(toArrays(rows));
    expect([x.shape, [...x.data], [...y.data], classes]).toEqual([[2, 2], [2, 1, 400, -3.5], [0, 1], 2]);
  });

  it("a number as label, another delimiter, a file", async () => {
    const path = join(folder, "numbers.csv");
    writeFileSync(path, "x;y\n1;10\n2;20\n");
    const rows = await orReject(readCsvFile(path, { inputs: ["x"], label: { column: "y" }, delimiter: ";" }));
    const { x, y } = await orReject(toArrays(rows));
    expect([[...x.data], y.shape, [...y.data]]).toEqual([
      [1, 2],
      [2, 1],
      [10, 20],
    ]);
  });

  const options: CsvOptions = { inputs: ["a", "b"], label: { column: "kind", classes: ["cat", "dog"] } };
  it.each([
    ["", "CSV: the file is empty: give one with a header"],
    ["a,kind\n1,cat\n", "CSV: the header lacks 'b': its columns are 'a', 'kind'; give the names as they stand there"],
    [
      "x,y\n1,2\n",
      "CSV: the header lacks 'a', 'b', 'kind': its columns are 'x', 'y'; give the names as they stand there",
    ],
    ["a,b,kind\n", "CSV: there is no row below the header: is this the right file?"],
    ["a,b,kind\n1,two,cat\n", "CSV: row 1, column 'b', is 'two', no number: correct it or drop the row"],
    ["a,b,kind\n1,,cat\n", "CSV: row 1, column 'b', is '', no number: correct it or drop the row"],
    ["a,b,kind\n1,Infinity,cat\n", "CSV: row 1, column 'b', is 'Infinity', no number: correct it or drop the row"],
    ["a,b,kind\n1,2,cow\n", "CSV: row 1, column 'kind', is 'cow', none of 'cat', 'dog': correct it, or add the class"],
    ["a,b,kind\n1,2\n", "CSV: Invalid Record Length: expect 3, got 2 on line 2: correct the row"],
  ])("%j", (given, sentence) => {
    const read = readCsv(given, options);
    expect(E.isLeft(read) ? render(read.left) : "no error").toBe(sentence);
  });

  it("a quote that does not end", () => {
    const read = readCsv('a,b,kind\n"1,2,cat\n', options);
    expect(E.isLeft(read) ? read.left.message : "").toMatch(/^CSV: Quote Not Closed: .*: correct the row$/);
  });
});

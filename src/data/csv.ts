/** CSV (RFC 4180) as a data set: columns of numbers are the input, one column the label. */
import { parse } from "csv-parse/sync";
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Dataset, Label } from "./dataset.js";
import { fromArrays } from "./from-arrays.js";
import { f32, i32, type NdArray } from "./nd-array.js";

/** The label's column: names or numbers of classes where `classes` lists them, else a number for a regression. */
export interface CsvLabels {
  readonly column: string;
  readonly classes?: readonly string[] | undefined;
}

export interface CsvOptions {
  /** Columns of numbers, by their names in the header, in the order of the input's elements. */
  readonly inputs: readonly string[];
  readonly label?: CsvLabels | undefined;
  /** A comma when not given. */
  readonly delimiter?: string | undefined;
  /** What the file is called in errors. */
  readonly where?: string | undefined;
}

type LengthOf<T extends readonly unknown[]> = T["length"];

/** A label of classes, a number, or nothing. */
type CsvLabel<O extends CsvOptions> = O extends {
  readonly label: { readonly classes: infer C extends readonly string[] };
}
  ? Label<LengthOf<C>>
  : O extends { readonly label: CsvLabels }
    ? NdArray<"f32", readonly [1]>
    : undefined;

/**
 * The rows of a CSV text whose first line names the columns.
 *
 * Shape   x f32 [inputs]; y a label of the classes, f32 [1], or nothing.
 * Errors  a column that the header lacks (named), a row of another length, a cell that is no number or none of the classes.
 *
 * @example
 * const rows = orThrow(readCsv("a,b,kind\n1,2,cat\n3,4,dog\n", { inputs: ["a", "b"], label: { column: "kind", classes: ["cat", "dog"] } }))
 */
export const readCsv = <const O extends CsvOptions>(
  text: string,
  options: O,
): Either<SvertkaError, Dataset<NdArray<"f32", readonly [LengthOf<O["inputs"]>]>, CsvLabel<O>>> => {
  const { inputs, label, where = "CSV" } = options;
  const rows = rowsOf(text, options);
  if (E.isLeft(rows)) return rows;
  const [header = [], ...body] = rows.right;
  const missing = [...inputs, ...(label === undefined ? [] : [label.column])].filter((name) => !header.includes(name));
  if (missing.length > 0)
    return fail(
      "BadData",
      where,
      `CSV: the header lacks ${listed(missing)}: its columns are ${listed(header)}; give the names as they stand there`,
    );
  if (body.length === 0)
    return fail("BadData", where, "CSV: there is no row below the header: is this the right file?");
  const table: Table = { header, body, where };
  const x = numbersOf(table, inputs);
  if (E.isLeft(x)) return x;
  const y = label === undefined ? E.right({}) : labelsOf(table, label);
  if (E.isLeft(y)) return y;
  const examples = fromArrays({ x: x.right, ...y.right });
  // Sound: a row has a number for each input, and its label is what CsvLabel says of the options.
  return E.right(examples as unknown as Dataset<NdArray<"f32", readonly [LengthOf<O["inputs"]>]>, CsvLabel<O>>);
};

interface Table {
  readonly header: readonly string[];
  readonly body: readonly (readonly string[])[];
  readonly where: string;
}

const listed = (names: readonly string[]): string => {
  const text = names.map((name) => `'${name}'`).join(", ");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

const rowsOf = (
  text: string,
  { delimiter = ",", where = "CSV" }: CsvOptions,
): Either<SvertkaError, readonly (readonly string[])[]> => {
  try {
    const rows: string[][] = parse(text, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      bom: true,
      trim: true,
      skip_empty_lines: true,
    });
    return rows.length === 0 ? fail("BadData", where, "CSV: the file is empty: give one with a header") : E.right(rows);
  } catch (cause) {
    const said = String(cause instanceof Error ? cause.message : cause)
      .replace(/\s+/g, " ")
      .slice(0, 110);
    return fail("BadData", where, `CSV: ${said}: correct the row`);
  }
};

/** Lines count from 1, the header is the first; a cell that spans lines moves those after it. */
const cellText = (row: number, column: string, cell: string): string =>
  `row ${row + 1}, column '${column.slice(0, 30)}', is '${cell.slice(0, 30)}'`;

const numbersOf = (
  { header, body, where }: Table,
  columns: readonly string[],
): Either<SvertkaError, NdArray<"f32">> => {
  const numbers = new Float32Array(body.length * columns.length);
  const places = columns.map((name) => header.indexOf(name));
  for (const [i, row] of body.entries())
    for (const [j, place] of places.entries()) {
      const cell = row[place] ?? "";
      const value = cell === "" ? Number.NaN : Number(cell);
      if (!Number.isFinite(value))
        return fail(
          "BadData",
          where,
          `CSV: ${cellText(i, columns[j] ?? "", cell)}, no number: correct it or drop the row`,
        );
      numbers[i * columns.length + j] = value;
    }
  return E.right(f32([body.length, columns.length], numbers));
};

const labelsOf = (
  table: Table,
  { column, classes }: CsvLabels,
): Either<SvertkaError, { readonly y: NdArray; readonly classes?: number }> => {
  if (classes === undefined) {
    const numbers = numbersOf(table, [column]);
    return E.isLeft(numbers) ? numbers : E.right({ y: numbers.right });
  }
  const { header, body, where } = table;
  const place = header.indexOf(column);
  const numbers = new Int32Array(body.length);
  for (const [i, row] of body.entries()) {
    const cell = row[place] ?? "";
    const label = classes.indexOf(cell);
    if (label < 0)
      return fail(
        "BadData",
        where,
        `CSV: ${cellText(i, column, cell)}, none of ${listed(classes)}: correct it, or add the class`,
      );
    numbers[i] = label;
  }
  return E.right({ y: i32([body.length], numbers), classes: classes.length });
};

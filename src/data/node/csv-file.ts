/** CSV from a file. */
import type { SvertkaError } from "../../errors.js";
import { TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { readText } from "../../io/node/whole-files.js";
import { readCsv, type CsvOptions } from "../csv.js";

type Rows<O extends CsvOptions> = ReturnType<typeof readCsv<O>> extends Either<SvertkaError, infer D> ? D : never;

/** As `readCsv`, of a file. */
export const readCsvFile = <const O extends CsvOptions>(path: string, options: O): TaskEither<SvertkaError, Rows<O>> =>
  pipe(
    readText(path),
    // Sound: the options are the caller's, and a place for errors beside them.
    TE.flatMapEither((text) => readCsv(text, { where: path, ...options }) as Either<SvertkaError, Rows<O>>),
  );

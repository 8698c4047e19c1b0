/** The history as comma-separated text, after each epoch. */
import type { SvertkaError } from "../../errors.js";
import { TE, pipe, type TaskEither } from "../../fp.js";
import { callback, type Callback, type Wish } from "../callback.js";
import type { History } from "../fit.js";

/** As Keras's `CSVLogger`: a line of names (epoch, then the others in order), then a line an epoch from 0. */
export const csvOf = (history: History, separator = ","): string => {
  const names = Object.keys(history).sort();
  const epochs = Math.max(0, ...names.map((name) => history[name]?.length ?? 0));
  const lines = Array.from({ length: epochs }, (_, epoch) =>
    [epoch, ...names.map((name) => history[name]?.[epoch] ?? "")].join(separator),
  );
  return `${[["epoch", ...names].join(separator), ...lines].join("\n")}\n`;
};

export interface CsvLogOptions {
  /** Replaces what it wrote before: the text is always the whole history, also of a resumed run. */
  readonly write: (text: string) => TaskEither<SvertkaError, void>;
  /** A comma when not given. */
  readonly separator?: string | undefined;
}

/**
 * Hands the history on as CSV after each epoch.
 *
 * Source  Keras 3 `CSVLogger`.
 */
export const csvLog = ({ write, separator }: CsvLogOptions): Callback =>
  callback({
    name: "csvLog",
    onEpochEnd: ({ history }): TaskEither<SvertkaError, Wish> =>
      pipe(
        write(csvOf(history, separator)),
        TE.map((): Wish => "continue"),
      ),
  });

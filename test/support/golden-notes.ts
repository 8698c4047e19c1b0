/** Notes how far results are from the goldens, for the table of what is covered: `npm run goldens:table` sets GOLDEN_NOTES. */
import { appendFileSync } from "node:fs";

export type GoldenSection =
  | "operators"
  | "layers"
  | "random layers"
  | "augmentation"
  | "activations"
  | "initializers"
  | "regularizers"
  | "constraints"
  | "losses"
  | "metrics"
  | "schedules"
  | "optimizers"
  | "fits"
  | "models";

export interface GoldenNote {
  readonly section: GoldenSection;
  /** The word of the vocabulary. */
  readonly name: string;
  /** None where no backend has a part in it. */
  readonly backend?: string | undefined;
  /** How far one configuration is off, by quantity: `forward`, `gradient`. */
  readonly errors: Readonly<Record<string, number>>;
}

/** One configuration's errors: a line in the file of notes, where one is kept. */
export const noteGolden = (note: GoldenNote): void => {
  const file = process.env["GOLDEN_NOTES"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(note)}\n`);
};

/** Keras's `mean_squared_error` in our spelling. */
export const wordOfKeras = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

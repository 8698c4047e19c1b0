/** A log for TensorBoard. */
import type { SvertkaError } from "../../errors.js";
import { TE, pipe, type TaskEither } from "../../fp.js";
import { callback, type Callback, type Wish } from "../callback.js";
import { eventFileHeader, scalarRecord } from "./event-file.js";

/** TensorBoard shows a run per folder; Keras's names. */
export type TensorBoardRun = "train" | "validation";

export interface TensorBoardOptions {
  /** Appends to the event file of that run, `<run>/events.out.tfevents.…`; each `fit` begins with a file's header. */
  readonly append: (run: TensorBoardRun, bytes: Uint8Array) => TaskEither<SvertkaError, void>;
  /** Seconds since 1970; the clock when not given. */
  readonly now?: (() => number) | undefined;
}

const runs: readonly TensorBoardRun[] = ["train", "validation"];

/** Of an epoch's numbers, those of a run, under Keras's tags: `epoch_loss`, `epoch_accuracy`. */
const scalarsOf = (run: TensorBoardRun, metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) => {
      const isValidation = name.startsWith("val_");
      return isValidation === (run === "validation") ? [[`epoch_${name.replace(/^val_/, "")}`, value] as const] : [];
    }),
  );

/**
 * Writes loss and metrics of each epoch as TensorBoard's scalars, training and validation as two runs.
 *
 * Source  Keras 3 `TensorBoard` with `update_freq="epoch"`, scalars only, as `simple_value`.
 */
export const tensorBoard = ({ append, now = () => Date.now() / 1000 }: TensorBoardOptions): Callback => {
  const appendAll = (parts: readonly (readonly [TensorBoardRun, Uint8Array])[]): TaskEither<SvertkaError, void> =>
    parts.reduce<TaskEither<SvertkaError, void>>(
      (before, [run, bytes]) =>
        pipe(
          before,
          TE.flatMap(() => append(run, bytes)),
        ),
      TE.of(undefined),
    );
  return callback({
    name: "tensorBoard",
    onTrainBegin: ({ names }) => {
      const known = runs.filter((run) => run === "train" || names.some((name) => name.startsWith("val_")));
      return appendAll(known.map((run) => [run, eventFileHeader(now())]));
    },
    onEpochEnd: ({ epoch, metrics }): TaskEither<SvertkaError, Wish> => {
      const parts = runs.flatMap((run) => {
        const scalars = scalarsOf(run, metrics);
        return Object.keys(scalars).length === 0
          ? []
          : [[run, scalarRecord({ wallTime: now(), step: epoch, scalars })] as const];
      });
      return pipe(
        appendAll(parts),
        TE.map((): Wish => "continue"),
      );
    },
  });
};

/** How `fit` and `evaluate` end: loss and metrics in one line, or as one JSON object. */
import type { StepResult } from "../../train/trainer.js";
import { count, figures, seconds } from "../quantities.js";
import type { Terminal } from "../terminal.js";

export interface ResultFacts {
  /** Which data they are of: `validation`. */
  readonly name: string;
  readonly examples: number;
  readonly values: StepResult;
  /** When the command began, in milliseconds. */
  readonly started: number;
  readonly backend: string;
  /** What was written, if anything. */
  readonly out: string | undefined;
  readonly json: boolean;
}

export const sayResult = (terminal: Terminal, facts: ResultFacts): void => {
  const { name, examples, values, started, backend, out = null, json } = facts;
  const { loss = Number.NaN, ...metrics } = values;
  const took = (performance.now() - started) / 1000;
  terminal.result(
    json
      ? JSON.stringify({ loss, metrics, seconds: Math.round(took * 10) / 10, backend, out })
      : `${name}, ${count(examples)} examples: ${figures({ loss, ...metrics })}  (${seconds(took)} on ${backend})`,
  );
};

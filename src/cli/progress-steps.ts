/** Progress of a command that goes through examples: a bar where stderr is a terminal, else a line every few seconds. */
import cliProgress from "cli-progress";
import { count } from "./quantities.js";
import type { Terminal } from "./terminal.js";

export interface Steps {
  /** So many are done, of how many where that was not known before; of an unknown number nothing is said. */
  readonly done: (steps: number, of?: number) => void;
  /** Leaves the terminal as it was. */
  readonly close: () => void;
}

/** Nothing is said before this, and lines come no closer. */
const quietMilliseconds = 1000;
const lineMilliseconds = 5000;

export const progressSteps = (terminal: Terminal, what: string, expected = Infinity): Steps => {
  const began = performance.now();
  let said = began - lineMilliseconds + quietMilliseconds;
  let bar: cliProgress.SingleBar | undefined;
  const onBar = (stream: NodeJS.WriteStream, steps: number, total: number): void => {
    if (bar === undefined) {
      const options = { stream, format: `${what}  {bar}  {value}/{total}  ETA {eta} s`, clearOnComplete: true };
      bar = new cliProgress.SingleBar(
        { ...options, hideCursor: true, barsize: 24 },
        cliProgress.Presets.shades_classic,
      );
      bar.start(total, steps);
    }
    bar.update(steps);
  };
  return {
    done: (steps, total = expected) => {
      if (total === Infinity) return;
      const now = performance.now();
      if (terminal.bar !== undefined) {
        if (bar !== undefined || now - began > quietMilliseconds) onBar(terminal.bar, steps, total);
      } else if (now - said > lineMilliseconds && steps < total) {
        said = now;
        terminal.note(`${what}  ${count(steps)} of ${count(total)}`);
      }
    },
    close: () => bar?.stop(),
  };
};

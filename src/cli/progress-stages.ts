/** What a command is at, where it takes long and has no parts to count: a line for each stage that begins, or lasts, after a second. */
import type { Terminal } from "./terminal.js";

export interface Stages {
  readonly begin: (stage: string) => void;
  readonly close: () => void;
}

/** Nothing is said before this, as with a bar. */
const quietMilliseconds = 1000;

export const progressStages = (terminal: Terminal): Stages => {
  const began = performance.now();
  let waiting: NodeJS.Timeout | undefined;
  return {
    begin: (stage) => {
      clearTimeout(waiting);
      const left = quietMilliseconds - (performance.now() - began);
      const say = (): void => terminal.note(`${stage} …`);
      if (left <= 0) say();
      // It must not keep the process alive.
      else waiting = setTimeout(say, left).unref();
    },
    close: () => clearTimeout(waiting),
  };
};

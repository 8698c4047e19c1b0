/** Ctrl-C (SIGINT) and SIGTERM: the first asks training to stop after the batch at hand, the second quits at once. */
import type { Terminal } from "../terminal.js";

export interface StopSignals {
  /** Aborted by the first signal while something waits for it. */
  readonly signal: AbortSignal;
  /** Says whether the work at hand looks at `signal`; if not, a signal quits at once. */
  readonly setWaiting: (waiting: boolean) => void;
  readonly dispose: () => void;
}

/** Milliseconds within which a second signal is the first again: npm passes on to its child what the terminal has sent it already. */
const echo = 250;

const names = ["SIGINT", "SIGTERM"] as const;

export const stopSignals = (terminal: Terminal): StopSignals => {
  const controller = new AbortController();
  let waiting = false;
  let first = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted && performance.now() - first < echo) return;
    if (!waiting || controller.signal.aborted) {
      terminal.error("interrupted: quits at once; the last checkpoint, if there is one, is whole");
      process.exit(130);
    }
    first = performance.now();
    controller.abort();
    terminal.note("\nstopping after the batch at hand (Ctrl-C again quits at once)");
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    setWaiting: (value) => {
      waiting = value;
    },
    dispose: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
};

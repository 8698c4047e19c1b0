/** Where a command speaks: results to stdout, everything else to stderr. Tests give one of their own. */

export interface Terminal {
  /** A result, for stdout; a line's end is added. */
  readonly result: (text: string) => void;
  /** Progress and notices, for stderr; silent with `--quiet`. */
  readonly note: (text: string) => void;
  /** What went wrong, for stderr; never silent. */
  readonly error: (text: string) => void;
  /** The stream for a moving bar, where stderr is a terminal and may speak. */
  readonly bar: NodeJS.WriteStream | undefined;
}

export const processTerminal: Terminal = {
  result: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
  bar: process.stderr.isTTY ? process.stderr : undefined,
};

/** The same without progress and notices. */
export const quiet = (terminal: Terminal): Terminal => ({ ...terminal, note: () => undefined, bar: undefined });

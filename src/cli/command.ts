/** What a command is: its words, as data, and its work, which is loaded when it is called. */
import type { Flags } from "./flags.js";
import type { Terminal } from "./terminal.js";

export interface Call {
  /** The command's own argument; empty for a command without one. */
  readonly argument: string;
  readonly flags: Flags;
  readonly terminal: Terminal;
}

/** Does the work. A user's mistake leaves it as a thrown SvertkaFailure, which only `run` catches. */
export type Run = (call: Call) => Promise<void>;

export interface Option {
  /** As commander writes it: `--epochs <n>`. */
  readonly flag: string;
  readonly description: string;
  readonly default?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
  readonly required?: boolean;
}

export interface Command {
  readonly name: string;
  readonly argument?: { readonly name: string; readonly description: string };
  readonly description: string;
  readonly options: readonly Option[];
  readonly example: string;
  /** What is to be said below the options. */
  readonly notes?: readonly string[];
  readonly load: () => Promise<Run>;
}

/** From arguments to an exit code: the one place where what went wrong is said, in one sentence. */
import { CommanderError } from "commander";
import { SvertkaFailure, exitCodeOf, render, type SvertkaError } from "../errors.js";
import { program } from "./program.js";
import type { Terminal } from "./terminal.js";

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

const sayMistake = (error: SvertkaError, terminal: Terminal): number => {
  const kind = error.tag === "Interrupted" ? "interrupted" : "error";
  terminal.error(`${kind}: ${oneLine(render(error))}`);
  return exitCodeOf(error);
};

/** Commander's own errors as one sentence of ours: `error: unknown option '--foo'\n(Did you mean --for?)`. */
const sayUsage = ({ message }: CommanderError, [command = ""]: readonly string[], terminal: Terminal): number => {
  const said = oneLine(message.replace(/^error: /, ""))
    .replace("(Did ", "(did ")
    .replace(/\.$/, "");
  const help = command.startsWith("-") ? "svertka --help" : `svertka ${command} --help`;
  terminal.error(`error: ${said}: see ${oneLine(help)}`);
  return 2;
};

/** Runs a command line; the exit code. It throws nothing. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    await program(terminal).parseAsync([...args], { from: "user" });
    return 0;
  } catch (failure) {
    if (failure instanceof SvertkaFailure) return sayMistake(failure.error, terminal);
    // Help and version end by such an error too, with 0.
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : sayUsage(failure, args, terminal);
    terminal.error(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
    terminal.error("This is a bug of svertka: please report it with the lines above.");
    return 1;
  }
};

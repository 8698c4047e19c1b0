/** The table of commands as a commander program; it parses, and hands a call to the command that was named. */
import { Command as CommanderCommand, Option as CommanderOption } from "commander";
import { SvertkaFailure, mistake } from "../errors.js";
import { commands } from "./commands.js";
import type { Command, Option } from "./command.js";
import { switchFlag, type Flags } from "./flags.js";
import { packageVersion } from "./package.js";
import { quiet, type Terminal } from "./terminal.js";

const exitCodes =
  "Exit codes: 0 done, 2 a mistake of yours, 3 not supported, 1 a bug of svertka, 130 stopped by Ctrl-C.";

const withOption = (
  program: CommanderCommand,
  { flag, description, default: value, repeated, required }: Option,
): void => {
  const option = new CommanderOption(flag, description);
  if (value !== undefined) option.default(value);
  if (repeated === true)
    option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  program.addOption(required === true ? option.makeOptionMandatory() : option);
};

const addCommand = (program: CommanderCommand, command: Command, terminal: Terminal): void => {
  const { name, description, argument, options, example, notes = [], load } = command;
  const made = program.command(name).description(description).allowExcessArguments(false);
  if (argument !== undefined) made.argument(`<${argument.name}>`, argument.description);
  for (const option of options) withOption(made, option);
  made.addHelpText("after", ["", ...notes, "Example:", `  ${example}`].join("\n"));
  made.action(async (...given: unknown[]) => {
    const flags: Flags = made.opts();
    const [first] = given;
    const run = await load();
    await run({
      argument: typeof first === "string" ? first : "",
      flags,
      terminal: switchFlag(flags, "quiet") ? quiet(terminal) : terminal,
    });
  });
};

/** What stands in place of a command's name, when no command has it. */
const refuseUnknown = (name: string | undefined): never => {
  const known = commands.map((command) => command.name).join(", ");
  throw new SvertkaFailure(
    name === undefined
      ? mistake("BadOption", "svertka", `no command is given: name one of ${known}, or --help`)
      : mistake("BadOption", name, `there is no such command: the commands are ${known}`),
  );
};

export const program = (terminal: Terminal): CommanderCommand => {
  const all = new CommanderCommand("svertka")
    .description("Trains, runs and explains convnets written as typed expressions.")
    .version(packageVersion(), "--version", "the version")
    .helpOption("--help", "this text")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.result(text.trimEnd()),
      // What went wrong is said once, by `run`.
      writeErr: () => undefined,
    })
    .argument("[command]")
    .usage("COMMAND …")
    .addHelpText("after", `\nEvery command has --help with an example.\n${exitCodes}`)
    .action((name: string | undefined) => refuseUnknown(name))
    .allowExcessArguments()
    .allowUnknownOption(false);
  for (const command of commands) addCommand(all, command, terminal);
  for (const command of all.commands) command.helpOption("--help", "this text");
  return all;
};

#!/usr/bin/env node
/** The command `svertka`: runs what the arguments say and ends with the exit code that it gives. */
import { run } from "./run.js";
import { processTerminal } from "./terminal.js";

/** A reader that has seen enough (`svertka summary … | head`) is no mistake. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (cause: Error & { readonly code?: string }) => process.exit(cause.code === "EPIPE" ? 0 : 1));

/** Ends when both streams are written out: a pipe may still hold the result. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write("", () => resolve());
  });

const code = await run(process.argv.slice(2), processTerminal);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// A task may have left timers or workers behind; the work is done all the same.
process.exit(code);

/** What onnxruntime throws, as sentences of ours. */
import { fail, type SvertkaError } from "../../errors.js";
import type { Either } from "../../fp.js";

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Its messages begin with a code and a place in its source. */
const short = (message: string): string => message.replace(/\s+/g, " ").trim().slice(0, 110);

const allocation = /bad_alloc|[Ff]ailed to allocate memory(?: for requested buffer of size (\d+))?/;

export const refusedGraph = (cause: unknown): Either<SvertkaError, never> =>
  fail("Unsupported", "ort", `ort: onnxruntime refuses the graph (${short(messageOf(cause))}): use another backend`);

export const failedRun = (cause: unknown): Either<SvertkaError, never> => {
  const message = messageOf(cause);
  const memory = allocation.exec(message);
  if (memory === null)
    return fail("BadData", "ort", `ort: onnxruntime failed (${short(message)}): use another backend`);
  const asked = memory[1] === undefined ? "" : ` (it asked for ${(Number(memory[1]) / 2 ** 20).toFixed(0)} MiB)`;
  return fail("BackendFailed", "ort", `ort: out of memory${asked}: use a smaller batch, or a smaller model`);
};

/** What TensorFlow says when a run fails, as a user's error where it is one. */
import { SvertkaFailure, mistake, type SvertkaError } from "../../errors.js";

/** `OOM when allocating tensor with shape[64,26,26,64] and type float on …` */
const outOfMemory = /OOM when allocating tensor with shape\[([\d,]*)\] and type (\w+) on \S*device:(\w+)/;

const bytesOf: Readonly<Record<string, number>> = { double: 8, int64: 8, half: 2, bfloat16: 2, bool: 1, uint8: 1 };

const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/** Undefined for what is no failure of a run: our own bugs. */
export const failureOf = (cause: unknown, batch: number): SvertkaError | undefined => {
  if (cause instanceof SvertkaFailure) return cause.error;
  const message = cause instanceof Error ? cause.message : "";
  const full = outOfMemory.exec(message);
  if (full !== null) {
    const [, shape = "", type = "", device = ""] = full;
    const bytes = shape.split(",").reduce((product, size) => product * Number(size || 1), bytesOf[type] ?? 4);
    return mistake(
      "BackendFailed",
      "node",
      `node: out of memory on the ${device}: no room for [${shape}], ${gigabytes(bytes)}: use a ${batch > 1 ? `batch smaller than ${batch}, or a ` : ""}smaller model`,
    );
  }
  if (!/^(Session fail to run|Failed to load SavedModel|Invalid TF_Status)/.test(message)) return undefined;
  const said = message.replace(/^[^:]*: /, "").replaceAll(/\s+/g, " ");
  return mistake("BackendFailed", "node", `node: TensorFlow failed: ${said.slice(0, 120)}: use another backend`);
};

/** What a data set is, in 32 bytes: another pipeline, other options or changed files have others. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { isObject } from "../../json-object.js";
import type { Plan } from "../dataset.js";

/** Files that a step of the plan reads. */
const filesOf = ({ options, of }: Plan): readonly string[] => {
  const files = isObject(options) && Array.isArray(options["files"]) ? options["files"] : [];
  return [...files.filter((file) => typeof file === "string"), ...of.flatMap(filesOf)];
};

/** Size and time of the last change; a file that is not there has none, and reading it will say so. */
const stateOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => "",
  );

/** Arrays in options (labels, a mean) as their numbers. */
const plain = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? // Sound: a view that is no DataView is a typed array, of numbers here.
      Array.from(value as unknown as ArrayLike<number>)
    : value;

interface Identity {
  readonly plan: Plan;
  readonly count: number | undefined;
  readonly seed: number;
  readonly version: string | undefined;
}

export const fingerprintOf = async ({ plan, count, seed, version }: Identity): Promise<Uint8Array> => {
  const hash = createHash("sha256").update(JSON.stringify({ plan, count, seed, version }, plain));
  const files = filesOf(plan);
  // Some at a time: a folder has more files than a process may ask for at once.
  for (let start = 0; start < files.length; start += 64)
    for (const state of await Promise.all(files.slice(start, start + 64).map(stateOf))) hash.update(`\n${state}`);
  return hash.digest();
};

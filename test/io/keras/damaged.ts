/** Keras files with seeded damage at three levels: the archive, its JSON, its HDF5. */
import { readArchive, writeArchive } from "../../../src/io/keras/archive.js";
import { E } from "../../../src/fp.js";
import { mutateBytes, mutateJson, oneOf, type Random } from "../../support/mutate.js";

/** The entries of a good file. */
export const entriesOf = (bytes: Uint8Array): Readonly<Record<string, Uint8Array>> => {
  const archive = readArchive(bytes, "good");
  if (E.isLeft(archive)) throw new Error(archive.left.message);
  return Object.fromEntries(
    [...archive.right].map(([name, read]) => {
      const content = read();
      if (E.isLeft(content)) throw new Error(content.left.message);
      return [name, content.right] as const;
    }),
  );
};

/** The file with its configuration changed. */
export const withConfig = (bytes: Uint8Array, change: (text: string) => string): Uint8Array => {
  const entries = entriesOf(bytes);
  const text = new TextDecoder().decode(entries["config.json"]);
  return writeArchive({ ...entries, "config.json": new TextEncoder().encode(change(text)) });
};

export const damaged = (bytes: Uint8Array, random: Random): Uint8Array => {
  const level = oneOf(random, ["zip", "json", "json", "json", "hdf5", "hdf5"]);
  if (level === "zip") return mutateBytes(bytes, random);
  if (level === "json") return withConfig(bytes, (text) => mutateJson(text, random));
  const entries = entriesOf(bytes);
  const weights = entries["model.weights.h5"] ?? new Uint8Array();
  return writeArchive({ ...entries, "model.weights.h5": mutateBytes(weights, random) });
};

/** A folder of drawn files that is there as a whole or not at all: written beside, then renamed. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { SvertkaError } from "svertka";

export interface DrawnFile {
  /** The path inside the folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const write = async (folder: string, files: readonly DrawnFile[]): Promise<string> => {
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(`${folder}-`);
  try {
    for (const { name, bytes } of files) {
      await mkdir(dirname(join(beside, name)), { recursive: true });
      await writeFile(join(beside, name), bytes);
    }
    // Another process may have drawn the same in the meantime: theirs is as good.
    if (!existsSync(folder)) await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return folder;
};

const written = (folder: string, files: readonly DrawnFile[]): TE.TaskEither<SvertkaError, string> =>
  TE.tryCatch(
    () => write(folder, files),
    (cause): SvertkaError => ({
      tag: "BadFile",
      where: folder,
      message: `drawn pictures: they cannot be written (${String(cause).slice(0, 90)}): make room, or give --data DIR`,
    }),
  );

/** The folder's path; `draw` is run where there is none yet, which takes a while and is said. */
export const drawnOnce = (
  folder: string,
  draw: TE.TaskEither<SvertkaError, readonly DrawnFile[]>,
): TE.TaskEither<SvertkaError, string> =>
  TE.flatMap(
    TE.fromIO(() => existsSync(folder)),
    (there) => {
      if (there) return TE.right(folder);
      process.stderr.write(`Drawing pictures into ${folder}, once …\n`);
      return TE.flatMap(draw, (files) => written(folder, files));
    },
  );

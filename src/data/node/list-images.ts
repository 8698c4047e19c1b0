/** The pictures of a folder with their classes, in the order of Keras's `image_dataset_from_directory`. */
import { Buffer } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { mistake, type SvertkaError } from "../../errors.js";
import { TE, type TaskEither } from "../../fp.js";

/** Names that end so are taken for pictures, as in Keras; GIF and BMP are then named as unsupported. */
const endings: readonly string[] = [".bmp", ".gif", ".jpeg", ".jpg", ".png"];

export const isImageName = (name: string): boolean => endings.some((ending) => name.toLowerCase().endsWith(ending));

/** By code points, as Python sorts; UTF-8 has their order. */
const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

interface Walk {
  readonly followLinks: boolean;
  /** Where it has been: links may lead in a circle. */
  readonly seen: Set<string>;
}

/** The folder and those below it. */
const foldersIn = async (folder: string, walk: Walk): Promise<readonly string[]> => {
  const real = await realpath(folder);
  if (walk.seen.has(real)) return [];
  walk.seen.add(real);
  const folders: string[] = [folder];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const enters = entry.isDirectory() || (walk.followLinks && entry.isSymbolicLink() && (await isFolder(path)));
    if (enters) for (const below of await foldersIn(path, walk)) folders.push(below);
  }
  return folders;
};

const isFileEntry = async (folder: string, entry: Dirent): Promise<boolean> =>
  entry.isFile() || (entry.isSymbolicLink() && !(await isFolder(join(folder, entry.name))));

/** Paths of the pictures in a folder and below it: folder by folder, sorted. */
const imagesIn = async (folder: string, followLinks: boolean): Promise<readonly string[]> => {
  const folders = await foldersIn(folder, { followLinks, seen: new Set() });
  const images: string[] = [];
  for (const one of folders.toSorted(byCodePoints)) {
    const entries = await readdir(one, { withFileTypes: true });
    const names: string[] = [];
    for (const entry of entries) if (isImageName(entry.name) && (await isFileEntry(one, entry))) names.push(entry.name);
    for (const name of names.toSorted(byCodePoints)) images.push(join(one, name));
  }
  return images;
};

const guarded = <A>(folder: string, run: () => Promise<A>): TaskEither<SvertkaError, A> =>
  TE.tryCatch(run, (cause) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    const why =
      code === "ENOENT"
        ? "there is no such folder"
        : code === "ENOTDIR"
          ? "it is no folder"
          : `the system says ${code}`;
    return mistake("BadFile", folder, `folder of pictures: ${why}: give the folder that holds the pictures`);
  });

/** Folders directly below, sorted; hidden ones are no classes. */
export const classFolders = (folder: string): TaskEither<SvertkaError, readonly string[]> =>
  guarded(folder, async () => {
    const names: string[] = [];
    for (const name of await readdir(folder))
      if (!name.startsWith(".") && (await isFolder(join(folder, name)))) names.push(name);
    return names.toSorted(byCodePoints);
  });

export const listImages = (folder: string, followLinks: boolean): TaskEither<SvertkaError, readonly string[]> =>
  guarded(folder, () => imagesIn(folder, followLinks));

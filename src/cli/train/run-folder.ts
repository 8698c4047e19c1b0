/** The folder of a training run: its name, whether it can be written, what lies in it. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

export interface RunFolder {
  readonly out: string;
  readonly checkpoint: string;
}

/** `runs/NAME`: the module's file, or its folder's name where the file is called task or index. */
export const defaultOut = (task: string): string => {
  const file = basename(task, extname(task));
  const name = file === "task" || file === "index" ? basename(dirname(resolve(task))) : file;
  return join("runs", name === "" ? file : name);
};

/** The nearest folder above (or at) a path that exists. */
const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)));

const isWritableFolder = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** Looks whether the folder can be written, and makes nothing: a run that fails on its data leaves no empty folder. */
export const runFolder = (out: string): Either<SvertkaError, RunFolder> => {
  const checkpoint = join(out, "checkpoint");
  const nearest = existing(resolve(checkpoint));
  return isWritableFolder(nearest)
    ? E.right({ out, checkpoint })
    : fail("BadFile", "--out", `${out}: ${nearest} is no folder that can be written: give another folder`);
};

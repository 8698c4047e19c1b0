/** Loads a user's .ts or .js module and takes its default export; whatever goes wrong in it is the user's mistake, as a value. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SvertkaFailure, fail, mistake, type SvertkaError } from "../errors.js";
import { E, type Either, type TaskEither } from "../fp.js";
import { lazyDoors } from "./doors.js";
import { typeCheck } from "./type-check.js";

const moduleNames = /\.[cm]?[jt]sx?$/;

export const isModuleName = (path: string): boolean => moduleNames.test(path);

const firstLine = (text: string): string => (text.split("\n").find((line) => line.trim() !== "") ?? "").trim();

/** What jiti's parser says: `ParseError: Unexpected token, expected "," \n /path/net.ts:2:0`. */
const syntaxError = (message: string, path: string): SvertkaError | undefined => {
  const [said, place = ""] = message.split("\n").map((line) => line.trim());
  const sentence = /^ParseError: (.*)$/.exec(said ?? "")?.[1];
  if (sentence === undefined) return undefined;
  const line = /:(\d+:\d+)$/.exec(place)?.[1];
  return mistake("BadFile", line === undefined ? path : `${path}:${line}`, `module: ${sentence}: correct the syntax`);
};

const loadingError = (cause: unknown, path: string): SvertkaError => {
  if (cause instanceof SvertkaFailure) return cause.error;
  if (!(cause instanceof Error))
    return mistake("BadFile", path, `module: it throws ${String(cause).slice(0, 100)} while it loads: correct it`);
  const message = firstLine(cause.message).slice(0, 150);
  if (/^(?:Cannot find (?:module|package)|Package subpath)/.test(message))
    return mistake("BadFile", path, `module: ${message}: install it, or correct the import`);
  return (
    syntaxError(cause.message, path) ??
    mistake("BadFile", path, `module: it throws ${cause.name} while it loads, ${message}: correct it`)
  );
};

const importModule = async (path: string): Promise<unknown> => {
  const { createJiti } = await import("jiti");
  // No cache in the file system: one in a shared temporary folder would be code that somebody else can write.
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, virtualModules: lazyDoors() });
  return jiti.import(resolve(path));
};

export interface LoadModuleOptions {
  readonly typeCheck: boolean;
}

/** The default export of a module. */
export const loadDefaultExport =
  (path: string, options: LoadModuleOptions): TaskEither<SvertkaError, unknown> =>
  async () => {
    if (!existsSync(path)) return fail("BadFile", path, "module: no such file: check the path");
    const checked = options.typeCheck ? await typeCheck(path)() : E.right(undefined);
    if (E.isLeft(checked)) return checked;
    const loaded = await importModule(path).then(E.right, (cause: unknown) => E.left(loadingError(cause, path)));
    return E.isLeft(loaded) ? loaded : defaultOf(loaded.right, path);
  };

const defaultOf = (module: unknown, path: string): Either<SvertkaError, unknown> =>
  typeof module === "object" && module !== null && "default" in module
    ? E.right(module.default)
    : fail("BadModel", path, "module: it has no default export: write `export default` before the model or task");

/**
 * Finds and loads the native addon of @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node. The addon alone is loaded, not
 * the package: nothing of TensorFlow.js's engine is touched, and the functions that Node 23 removed are not missed.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isBinding, type TensorFlowBinding } from "./binding.js";

export interface Addon {
  readonly binding: TensorFlowBinding;
  /** The package that it came from. */
  readonly package: string;
}

/** GPU before CPU: the GPU package's library runs on the CPU where there is no GPU. */
const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

/** The addon is built for one of these versions of Node-API; newer ones first. */
const nodeApiVersions = [10, 9, 8, 7, 6, 5, 4, 3];

/**
 * Looked for from here, from the folder in which the program was started, since a package manager may keep them apart, and
 * where scripts/build-tensorflow-addon.mjs builds it in a checkout.
 */
const usualPlaces = (): readonly string[] => [
  import.meta.url,
  pathToFileURL(join(process.cwd(), "package.json")).href,
  new URL("../../../.cache/tensorflow-addon/package.json", import.meta.url).href,
];

const folderOf = (name: string, places: readonly string[]): string | undefined => {
  for (const place of places)
    try {
      return dirname(createRequire(place).resolve(`${name}/package.json`));
    } catch {
      continue;
    }
  return undefined;
};

const fileIn = (folder: string): string | undefined =>
  nodeApiVersions
    .map((version) => join(folder, "lib", `napi-v${version}`, "tfjs_binding.node"))
    .find((file) => existsSync(file));

const missing = (sentence: string): Either<SvertkaError, never> => fail("BackendMissing", "node", sentence);

const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]?.slice(0, 70) ?? "";

/** The addon, or what to install; `places` are URLs of files from which packages are looked for. */
export const loadAddon = (places: readonly string[] = usualPlaces()): Either<SvertkaError, Addon> => {
  const found = packages.flatMap((name) => {
    const folder = folderOf(name, places);
    return folder === undefined ? [] : [{ name, file: fileIn(folder) }];
  });
  const [first] = found;
  if (first === undefined)
    return missing(
      "node: neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed: npm install @tensorflow/tfjs-node",
    );
  const built = found.find(({ file }) => file !== undefined);
  if (built?.file === undefined)
    return missing(
      `node: ${first.name} has no tfjs_binding.node, its install script did not run: npm rebuild ${first.name}, or see docs/backends.md`,
    );
  try {
    const binding: unknown = createRequire(import.meta.url)(built.file);
    return isBinding(binding)
      ? E.right({ binding, package: built.name })
      : missing(`node: the addon of ${built.name} lacks calls that are needed: install version 4.22.0 or later of 4`);
  } catch (cause) {
    return missing(`node: the addon of ${built.name} does not load (${firstLine(cause)}): npm rebuild ${built.name}`);
  }
};

/** The package that is running: its version, and those of the packages that it stands on. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const versionIn = (path: string | URL): string => {
  const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest && typeof manifest.version === "string" ? manifest.version : "unknown";
};

/** `src/cli` and `dist/cli` lie equally deep. */
export const packageVersion = (): string => versionIn(new URL("../../package.json", import.meta.url));

/** The version of an installed package, or nothing where it is not there. */
export const versionOf = (name: string): string | undefined => {
  try {
    return versionIn(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
};

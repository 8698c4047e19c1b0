/** `npm run long -- NAME…` runs test/long/NAME.long.ts at full size; these files are no part of `npm test`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "test", "long");
const suffix = ".long.ts";
const known = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith(suffix))
      .map((file) => file.slice(0, -suffix.length))
      .toSorted()
  : [];

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const unknown = names.filter((name) => !known.includes(name));

if (names.length === 0 || unknown.length > 0) {
  const what = names.length === 0 ? "which one" : `no long test "${unknown.join('", "')}"`;
  console.error(`long: ${what}: npm run long -- NAME, where NAME is one of: ${known.join(", ") || "(none yet)"}`);
  process.exit(2);
}

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const files = names.map((name) => `test/long/${name}${suffix}`);
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--config", "vitest.long.config.ts", ...options, ...files],
  { cwd: root, stdio: "inherit", env: { SIZE: "full", ...process.env } },
);
process.exitCode = status ?? 1;

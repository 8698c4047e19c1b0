/** Builds dist/ from nothing, so that no file of an earlier build is left in it, and makes the command executable. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

rmSync(join(root, "dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
const command = join(root, "dist", "cli", "main.js");
// What tsc leaves: the program that `svertka distribute` hands out.
if (status === 0) copyFileSync(join(root, "src/cli/distribute/train.py"), join(root, "dist/cli/distribute/train.py"));
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = status ?? 1;

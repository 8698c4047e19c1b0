/**
 * Checks the package as a user gets it: packs it once, has publint and attw look at the tarball, installs it into an
 * empty folder, imports every entry point in plain Node (where a wrong import fails that vitest lets pass) and runs the command.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const tool = (name) => join(root, "node_modules", ".bin", name);
const entryPoints = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target !== "string")
  .map(([door]) => door.replace(/^\./, manifest.name));

/** Runs a command; its output when it ends with 0, else an error that shows all it said. */
const run = (command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: exit ${status}\n${error ?? ""}${stdout}${stderr}`);
};

/** One entry point, imported alone in a process of its own: it must have exports and must let the process end. */
const importAlone = (name, cwd) =>
  run(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `const names = Object.keys(await import(${JSON.stringify(name)}));
       if (names.length === 0) throw new Error("no exports");
       console.log(names.length + " exports");`,
    ],
    cwd,
  ).trim();

const install = (tarball, folder) => {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
};

const folder = mkdtempSync(join(tmpdir(), "svertka-package-"));
try {
  const [{ filename, size }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  const tarball = join(folder, filename);
  console.log(`packed ${filename}, ${(size / 1024).toFixed(0)} KiB`);
  run(tool("publint"), ["--strict", tarball], root);
  console.log("publint ok");
  run(tool("attw"), [tarball, "--profile", "esm-only", "--no-emoji"], root);
  console.log("attw ok");
  install(tarball, folder);
  for (const name of entryPoints) console.log(`${name}: ${importAlone(name, folder)}`);
  const help = run(join(folder, "node_modules", ".bin", "svertka"), ["--help"], folder);
  if (!help.includes(manifest.name)) throw new Error(`svertka --help does not name itself:\n${help}`);
  console.log("svertka --help ok");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

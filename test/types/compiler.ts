/** Runs the TypeScript compiler on files of a test and reads what it says. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/** Where generated files lie: inside the repository, so that they import as tests do; git ignores it. */
const generatedFolder = join(root, ".cache", "types");

/** The words of the DSL, for a generated file to import. */
export const vocabularyPath = "../../test/types/vocabulary.js";

/** Writes a generated file; its path. */
export const writeGenerated = (name: string, text: string): string => {
  mkdirSync(generatedFolder, { recursive: true });
  const path = join(generatedFolder, name);
  writeFileSync(path, text);
  return path;
};

export interface Complaint {
  readonly line: number;
  readonly code: string;
  /** The whole message with its indented reasons. */
  readonly text: string;
}

export interface Verdict {
  readonly complaints: readonly Complaint[];
  readonly instantiations: number;
}

/** Checks one file under the repository's own options, in at most 8 GB of memory. */
export const compile = (path: string, options: Readonly<Record<string, unknown>> = {}): Verdict => {
  const name = basename(path);
  const config = writeGenerated(
    `tsconfig.${name}.json`,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { types: [], ...options },
      include: [relative(generatedFolder, path)],
    }),
  );
  const run = spawnSync(
    "sh",
    [
      "-c",
      'ulimit -v 8000000; exec "$@"',
      "sh",
      process.execPath,
      tsc,
      "-p",
      config,
      "--pretty",
      "false",
      "--extendedDiagnostics",
    ],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  const instantiations = Number(/^Instantiations:\s+(\d+)/m.exec(run.stdout)?.[1] ?? Number.NaN);
  if (Number.isNaN(instantiations)) throw new Error(`tsc ended with ${run.status}: ${run.stdout}${run.stderr}`);
  return { complaints: complaintsIn(run.stdout), instantiations };
};

const complaintsIn = (output: string): readonly Complaint[] => {
  const complaints: { line: number; code: string; text: string }[] = [];
  for (const text of output.split("\n")) {
    const head = /^[^(]+\((\d+),\d+\): error (TS\d+): (.*)$/.exec(text);
    if (head !== null) complaints.push({ line: Number(head[1]), code: head[2] ?? "", text: head[3] ?? "" });
    else if (text.startsWith("  ")) {
      const last = complaints.at(-1);
      if (last !== undefined) last.text += `\n${text}`;
    }
  }
  return complaints;
};

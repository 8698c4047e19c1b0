/** Has the project's own TypeScript check one file, under the project's tsconfig.json, and takes its first error. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fail, mistake, type SvertkaError } from "../errors.js";
import { E, type Either, type TaskEither } from "../fp.js";
import { doorNames } from "./doors.js";

/** The folder itself and those above it. */
const foldersFrom = (folder: string): readonly string[] => {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersFrom(above)];
};

/** The compiler that the file's project has, else the one beside svertka. */
const findCompiler = (file: string): string | undefined => {
  for (const from of [pathToFileURL(file), import.meta.url])
    try {
      return join(dirname(createRequire(from).resolve("typescript/package.json")), "bin", "tsc");
    } catch {
      // Not there: the next place.
    }
  return undefined;
};

/** For a file without a project: this package's declarations, wherever the file lies. */
const withoutProject = (): object => {
  const declarations = (door: string): string => {
    const inner = door === "svertka" ? "" : door.slice("svertka/".length);
    const folders: Readonly<Record<string, string>> = {
      wasm: "backends/tfjs/wasm",
      cpu: "backends/tfjs/cpu",
      reference: "backends/reference",
    };
    const base = inner.endsWith("/node") ? inner : join(folders[inner] ?? inner, "index");
    const file = fileURLToPath(new URL(`../${base}`, import.meta.url));
    return existsSync(`${file}.d.ts`) ? `${file}.d.ts` : `${file}.ts`;
  };
  const paths = Object.fromEntries(doorNames.map((door) => [door, [declarations(door)]]));
  return { strict: true, target: "es2023", module: "esnext", moduleResolution: "bundler", skipLibCheck: true, paths };
};

/** A project of that one file, which takes its options from the tsconfig.json above it. */
const projectOf = (file: string): object => {
  const folders = foldersFrom(dirname(file));
  const config = folders.map((folder) => join(folder, "tsconfig.json")).find((path) => existsSync(path));
  const typeRoots = folders.map((folder) => join(folder, "node_modules", "@types")).filter((path) => existsSync(path));
  const own = { noEmit: true, composite: false, incremental: false, typeRoots };
  return config === undefined
    ? { files: [file], compilerOptions: { ...withoutProject(), ...own } }
    : { extends: config, files: [file], include: [], compilerOptions: own };
};

const runCompiler = (
  compiler: string,
  project: string,
): Promise<{ readonly status: number | null; readonly output: string }> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [compiler, "-p", project, "--pretty", "false"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", failed).on("close", (status) => done({ status, output }));
  });

/** `net.ts(4,45): error TS2345: …`, with what explains it in the lines below; a sentence of ours inside it is the better one. */
export const firstError = (output: string, file: string, folder: string): SvertkaError | undefined => {
  const blocks = output.split(/\n(?=\S)/);
  const errors = blocks.flatMap((block) => {
    const found = /^(?:(.+?)\((\d+),(\d+)\): )?error TS\d+: ([^\n]*)/.exec(block);
    if (found === null) return [];
    const [, at, line, column, message = ""] = found;
    const where = at === undefined ? file : `${relative(process.cwd(), resolve(folder, at))}:${line}:${column}`;
    return [{ at, where, message, sentence: /"([^"]+: [^"]+: [^"]+)"/.exec(block)?.[1] }];
  });
  const inFile = errors.find(({ at }) => at !== undefined && resolve(folder, at) === resolve(file));
  const first = errors.find(({ sentence }) => sentence !== undefined) ?? inFile ?? errors[0];
  return first === undefined
    ? undefined
    : mistake("BadModel", first.where, first.sentence ?? `type check: ${first.message.slice(0, 180)}`);
};

/** Nothing, or the first type error of a file. */
export const typeCheck =
  (path: string): TaskEither<SvertkaError, void> =>
  async (): Promise<Either<SvertkaError, void>> => {
    const file = resolve(path);
    const compiler = findCompiler(file);
    if (compiler === undefined)
      return fail(
        "BadOption",
        "--type-check",
        "type check: TypeScript is not found: npm install typescript, or leave the option out",
      );
    const folder = await mkdtemp(join(tmpdir(), "svertka-types-"));
    try {
      const project = join(folder, "tsconfig.json");
      await writeFile(project, JSON.stringify(projectOf(file)));
      const { status, output } = await runCompiler(compiler, project);
      if (status === 0) return E.right(undefined);
      return E.left(
        firstError(output, path, process.cwd()) ??
          mistake("BadModel", path, "type check: tsc ends with an error but names none: run it by hand"),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

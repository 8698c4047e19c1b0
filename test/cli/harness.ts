/** Runs the command in this process (quick) or as the built program (signals), in a folder that goes when the file's tests end. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { run } from "../../src/cli/run.js";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workspace {
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Writes a file and gives its path. */
  readonly file: (name: string, content: string | Uint8Array) => string;
  /** All files under a folder of it, in order; none where there is no such folder. */
  readonly list: (name: string) => readonly string[];
}

export const workspace = (): Workspace => {
  const folder = mkdtempSync(join(tmpdir(), "svertka-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    file: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    list: (name) => {
      try {
        return readdirSync(path(name), { recursive: true, encoding: "utf8" }).toSorted();
      } catch {
        return [];
      }
    },
  };
};

export const svertka = async (...args: readonly string[]): Promise<Outcome> => {
  const said = { stdout: "", stderr: "" };
  const code = await run(args, {
    result: (text) => void (said.stdout += `${text}\n`),
    note: (text) => void (said.stderr += `${text}\n`),
    error: (text) => void (said.stderr += `${text}\n`),
    bar: undefined,
  });
  return { code, ...said };
};

const command = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");

export interface BuiltOptions {
  /** Sees what it says so far, and may send it a signal. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
  /** A shell's limit, set before. */
  readonly limit?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built command. */
export const built = (args: readonly string[], options: BuiltOptions = {}): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const { onStderr = () => undefined, limit = "true", env = {} } = options;
    const words = [process.execPath, command, ...args];
    const child = spawn("sh", ["-c", `${limit}; exec "$@"`, "sh", ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
      onStderr(said.stderr, child);
    });
    child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
  });

/** The last line of stderr: notices may come before it. */
export const lastLine = ({ stderr }: Outcome): string => stderr.trimEnd().split("\n").at(-1) ?? "";

/** The import statements of src/**, read by regular expressions: enough for the laws of architecture.test.ts. */
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

/** One import or re-export. `static` ones with values run before the file itself; types and `import(…)` do not. */
export interface Import {
  /** The importing file, `src/…`. */
  readonly file: string;
  readonly line: number;
  /** The imported file, `src/….ts`, or the name as written when it is no relative path. */
  readonly target: string;
  readonly kind: "static" | "type" | "dynamic";
}

export const root = join(import.meta.dirname, "..", "..");

/** The TypeScript files under a folder of the repository, as `folder/…` with slashes, in order. */
export const filesUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => posix.join(folder, file.replaceAll("\\", "/")))
    .filter((file) => file.endsWith(".ts"))
    .toSorted();

const comment = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const template = "`(?:\\\\[\\s\\S]|[^`\\\\])*`";
const quoted = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
/** A regular expression's literal stands where an operand does; elsewhere the slash divides. */
const regexp = String.raw`(?<=(?:^|[(,=:[!&|?{};>]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/`;
const literals = new RegExp(`(${quoted})|${comment}|${template}|${regexp}`, "g");

/** The text with comments, templates and regular expressions blanked, its lines kept: they may hold code of examples. */
const codeOf = (text: string): string =>
  text.replace(literals, (whole, kept: string | undefined) => kept ?? whole.replace(/[^\n]/g, " "));

const statement =
  /(?:^|;)[ \t]*(?:import|export)\b[ \t]*(type\b(?!\s*from\b|\s*,))?(?:[\w$\s{},*]*?\bfrom\b)?\s*["']([^"']+)["']/gm;
const call = /(\btypeof\s+)?\bimport\(\s*["']([^"']+)["']/g;

const targetOf = (file: string, name: string): string =>
  name.startsWith(".") ? posix.join(posix.dirname(file), name).replace(/\.js$/, ".ts") : name;

/** The imports of one file's text, in the order of its lines. */
export const importsIn = (file: string, text: string): readonly Import[] => {
  const code = codeOf(text);
  const found = (pattern: RegExp, kindOf: (marked: boolean) => Import["kind"]): readonly Import[] =>
    [...code.matchAll(pattern)].map((match) => ({
      file,
      line: code.slice(0, match.index + match[0].length).split("\n").length,
      target: targetOf(file, match[2] ?? ""),
      kind: kindOf(match[1] !== undefined),
    }));
  return [
    ...found(statement, (isType) => (isType ? "type" : "static")),
    ...found(call, (isType) => (isType ? "type" : "dynamic")),
  ].toSorted((one, other) => one.line - other.line);
};

/** All imports of all files of src/. */
export const importsOfSource = (): readonly Import[] =>
  filesUnder("src").flatMap((file) => importsIn(file, readFileSync(join(root, file), "utf8")));

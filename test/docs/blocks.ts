/** The TypeScript in the documents: each fence, what stands before it, and the file that it becomes to be checked and run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** `runs`: type-checked and run; `checked`: type-checked; `wrong`: refused by the type checker with what its comments say. */
export type Kind = "runs" | "checked" | "wrong";

export interface Block {
  /** `docs/tutorial.md:12` */
  readonly place: string;
  readonly kind: Kind;
  readonly code: string;
  /** Code that a reader need not see (`<!-- before … -->`), then the block's own. */
  readonly program: string;
  /** Its file under .cache/docs. */
  readonly file: string;
}

/** docs/types.md has a test of its own (test/types/docs.test.ts). The reference is made of the sources. */
const elsewhere = (page: string): boolean => page === "docs/types.md" || page.startsWith("docs/reference/");

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file));

/** All pages whose code is checked. */
export const pages: readonly string[] = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...markdownIn("docs"),
  ...markdownIn("examples"),
].filter((page) => !elsewhere(page));

const kinds: Readonly<Record<string, Kind>> = { "": "checked", runs: "runs", wrong: "wrong" };

const kindOf = (word: string, place: string): Kind => {
  const kind = kinds[word];
  if (kind === undefined) throw new Error(`${place}: \`\`\`ts ${word}: none of ts, ts runs, ts wrong`);
  return kind;
};

const fence = /(?:<!-- before\n([\s\S]*?)-->\n+)?^```ts *(\w*)\n([\s\S]*?)^```/gm;

const blocksOf = (page: string): readonly Block[] => {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(fence)].map(({ 1: before = "", 2: word = "", 3: code = "", index, 0: all }) => {
    const line = text.slice(0, index + all.indexOf("```ts")).split("\n").length;
    const place = `${page}:${line}`;
    const file = join(root, ".cache", "docs", `${page.replace(/\W/g, "-")}-${line}.ts`);
    return { place, kind: kindOf(word, place), code, program: `${before}${code}\nexport {};\n`, file };
  });
};

export const blocks: readonly Block[] = pages.flatMap(blocksOf);

/** A wrong block's sentence: its comments from the line with `~~~` on, as one line. */
export const sentenceOf = ({ code }: Block): string => {
  const lines = code.split("\n");
  const first = lines.findIndex((line) => line.includes("~~~"));
  return lines
    .slice(first)
    .map((line) => line.replace(/^\s*\/\/\s*/, "").replace(/^~+\s*/, ""))
    .join(" ")
    .trim();
};

/** One application of a layer as text that the compiler judges: its type is what the run time gives, or a complaint where that refuses. */
import { expect } from "vitest";
import { compile, vocabularyPath, writeGenerated } from "./compiler.js";
import type { Axes, Configuration } from "./random-options.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { isPoisoned, type Shape } from "../../src/shape/shape.js";
import * as words from "./vocabulary.js";

export type Apply = (x: AnyExpr) => AnyExpr;
export const vocabulary: Readonly<Record<string, unknown>> = words;

/** The run time's result as a type. */
export const shapeType = (shape: Shape): string =>
  isPoisoned(shape) ? `ShapeError<${JSON.stringify(shape.error)}>` : JSON.stringify(shape);

export const layerOf = ({ word, options }: Pick<Configuration, "word" | "options">): Apply => {
  const made = vocabulary[word];
  if (typeof made !== "function") throw new Error(`no word ${word}`);
  const layer: unknown = options === null ? made : made(options);
  return layer as Apply; // sound: every word of a configuration makes a layer
};
export const layerText = ({ word, options }: Pick<Configuration, "word" | "options">): string =>
  options === null ? word : `${word}(${JSON.stringify(options)})`;
export const inputText = (shape: Axes): string => `input(${JSON.stringify(shape)})`;

/** An application of one layer: the layer's type function, and a use in `pipe`. */
export const application = (one: Configuration, name: string): string => {
  const result = layerOf(one)(words.input(one.shape));
  const expected = shapeType(result.shape);
  const kind = "~probabilities" in result ? "Probabilities" : "Expr";
  const layer = `const l${name} = ${layerText(one)}; export type T${name} = Holds<Same<Apply<typeof l${name}, ${JSON.stringify(one.shape)}>, ${expected}>>;\n`;
  const use = `export const p${name} = pipe(${inputText(one.shape)}, l${name});`;
  return isPoisoned(result.shape)
    ? `${layer}// @ts-expect-error ${result.shape.error}\n${use}\n`
    : `${layer}${use} export type P${name} = Holds<Same<typeof p${name}, d.${kind}<${expected}>>>;\n`;
};

const merges = ["add", "subtract", "multiply", "average", "maximum", "minimum"];

/** A layer on its input, or a merge of several; `broadcast` among a merge's options makes axes of 1 stretch. */
export const applied = (one: Pick<Configuration, "word" | "options">, inputs: readonly AnyExpr[]): AnyExpr => {
  if (one.word === "concatenate") return words.concatenate(inputs, { ...one.options });
  if (!merges.includes(one.word)) return layerOf(one)(inputs[0] ?? words.input([]));
  const word = one.options?.["broadcast"] === true ? layerOf({ ...one, word: `${one.word}Of` }) : vocabulary[one.word];
  const merge: unknown = word;
  return (merge as (...all: readonly AnyExpr[]) => AnyExpr)(...inputs); // sound: it is a merge
};
const appliedTo = (one: Pick<Configuration, "word" | "options">, shapes: readonly Axes[]): Shape =>
  applied(
    one,
    shapes.map((axes) => words.input(axes)),
  ).shape;

/** A merge: the result's type, and a complaint where it does not fit. */
export const merging = (word: string, stretches: boolean, shapes: readonly Axes[], name: string): string => {
  const text = stretches ? `${word}Of({ broadcast: true })` : word;
  const shape = appliedTo({ word, options: stretches ? { broadcast: true } : null }, shapes);
  return called("m", name, { call: `${text}(${shapes.map(inputText).join(", ")})`, shape });
};

/** The same for `concatenate`. */
export const joining = (shapes: readonly Axes[], options: { readonly axis?: number }, name: string): string => {
  const call = `concatenate([${shapes.map(inputText).join(", ")}], ${JSON.stringify(options)})`;
  return called("c", name, { call, shape: appliedTo({ word: "concatenate", options }, shapes) });
};

/** A call that is refused has its type all the same, sentence and all. */
const called = (
  letter: string,
  name: string,
  { call, shape }: { readonly call: string; readonly shape: Shape },
): string => {
  const value = `export const ${letter}${name} = ${call};`;
  const type = `export type ${letter.toUpperCase()}${name} = Holds<Same<typeof ${letter}${name}, d.Expr<${shapeType(shape)}>>>;`;
  return isPoisoned(shape) ? `// @ts-expect-error ${shape.error}\n${value}\n${type}\n` : `${value} ${type}\n`;
};

const header = `import * as d from "${vocabularyPath}";
import type { Apply, Holds, Same, ShapeError } from "${vocabularyPath}";
const { ${Object.keys(words).join(", ")} } = d;
`;

/** How many of the lines expect a sentence. */
const sentencesIn = (text: string): number => text.split("@ts-expect-error").length - 1;

/** The compiler's time grows faster than a file. */
const batch = 400;

/** Compiles the parts, and wants no complaint but those that they expect, and of these as many as `sentences`. */
export const check = (name: string, parts: readonly string[], sentences = parts.length / 20): void => {
  for (let from = 0; from < parts.length; from += batch) checkBatch(name, parts.slice(from, from + batch));
  expect(sentencesIn(parts.join(""))).toBeGreaterThanOrEqual(sentences);
};

const checkBatch = (name: string, parts: readonly string[]): void => {
  const text = header + parts.join("");
  const { complaints } = compile(writeGenerated(name, text), { noUnusedLocals: false });
  const lines = text.split("\n");
  expect(complaints.map(({ line, text: message }) => `${lines[line - 1]}\n${message}`)).toEqual([]);
};

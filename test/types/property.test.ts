/** The compiler's verdict, shape and sentence equal the run time's, on random configurations (COUNT of them, by SEED). */
import { env } from "node:process";
import { describe, expect, test } from "vitest";
import { compile, vocabularyPath, writeGenerated } from "./compiler.js";
import { configuration, mergeable } from "./configurations.js";
import { diceOf, type Axes, type Configuration, type Dice } from "./random-options.js";
import { isPoisoned, type Shape } from "../../src/shape/shape.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import * as words from "./vocabulary.js";

const count = Number(env["COUNT"] ?? 400);
const seed = Number(env["SEED"] ?? 1);

type Apply = (x: AnyExpr) => AnyExpr;
const vocabulary: Readonly<Record<string, unknown>> = words;

/** The run time's result as a type. */
const shapeType = (shape: Shape): string =>
  isPoisoned(shape) ? `ShapeError<${JSON.stringify(shape.error)}>` : JSON.stringify(shape);

const layerOf = ({ word, options }: Configuration): Apply => {
  const made = vocabulary[word];
  if (typeof made !== "function") throw new Error(`no word ${word}`);
  const layer: unknown = options === null ? made : made(options);
  return layer as Apply; // sound: every word of a configuration makes a layer
};
const layerText = ({ word, options }: Configuration): string =>
  options === null ? word : `${word}(${JSON.stringify(options)})`;
const inputText = (shape: Axes): string => `input(${JSON.stringify(shape)})`;

const header = `import * as d from "${vocabularyPath}";
import type { Apply, Holds, Same, ShapeError } from "${vocabularyPath}";
const { ${Object.keys(words).join(", ")} } = d;
`;

/** An application of one layer: the layer's type function, and a use in \`pipe\`. */
const application = (one: Configuration, name: string): string => {
  const result = layerOf(one)(words.input(one.shape));
  const expected = shapeType(result.shape);
  const kind = "~probabilities" in result ? "Probabilities" : "Expr";
  const layer = `const l${name} = ${layerText(one)}; export type T${name} = Holds<Same<Apply<typeof l${name}, ${JSON.stringify(one.shape)}>, ${expected}>>;\n`;
  const use = `export const p${name} = pipe(${inputText(one.shape)}, l${name});`;
  return isPoisoned(result.shape)
    ? `${layer}// @ts-expect-error ${result.shape.error}\n${use}\n`
    : `${layer}${use} export type P${name} = Holds<Same<typeof p${name}, d.${kind}<${expected}>>>;\n`;
};

/** The places of numbers in plain data. */
const numbersIn = (data: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof data === "number"
    ? [path]
    : typeof data === "object" && data !== null
      ? Object.entries(data).flatMap(([key, item]) => numbersIn(item, [...path, key]))
      : [];

/** Data as text in which the number at a place is only known to be a number. */
const widened = (data: unknown, [key, ...rest]: readonly string[]): string => {
  if (key === undefined) return `(${String(data)} as number)`;
  const parts = Object.entries(data ?? {}).map(([name, item]: [string, unknown]) => {
    const text = name === key ? widened(item, rest) : JSON.stringify(item);
    return Array.isArray(data) ? text : `${JSON.stringify(name)}: ${text}`;
  });
  return Array.isArray(data) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
};

/** A configuration that fits, with one size that only the run time knows: it is accepted, and its type allows the shape. */
const gradual = (dice: Dice, name: string): string => {
  const one = configuration(dice);
  const { shape } = layerOf(one)(words.input(one.shape));
  const places = numbersIn([one.shape, one.options]);
  if (isPoisoned(shape) || places.length === 0) return gradual(dice, name);
  const [side, ...rest] = dice.pick(places);
  const input = side === "0" ? widened(one.shape, rest) : JSON.stringify(one.shape);
  const options = side === "1" ? widened(one.options, rest) : JSON.stringify(one.options);
  const layer = one.options === null ? one.word : `${one.word}(${options})`;
  return `export const g${name} = pipe(input(${input}), ${layer}); export type G${name} = Holds<${shapeType(shape)} extends d.ShapeOf<typeof g${name}> ? true : false>;\n`;
};

type MergeFunction = (...inputs: readonly AnyExpr[]) => AnyExpr;

/** A merge: the result's type, and a complaint where it does not fit. */
const merging = (word: string, all: readonly Axes[], name: string): string => {
  const shapes = word.startsWith("subtract") ? all.slice(0, 2) : all;
  const [a = [], b = [], ...others] = shapes.map((shape) => words.input(shape));
  const made = vocabulary[word] as (options: unknown) => unknown; // sound: each is a merge, or makes one of options
  const stretches = word.endsWith("Of");
  const merge = (stretches ? made({ broadcast: true }) : made) as MergeFunction;
  const { shape } = merge(a as AnyExpr, b as AnyExpr, ...others);
  const text = stretches ? `${word}({ broadcast: true })` : word;
  const call = `export const m${name} = ${text}(${shapes.map(inputText).join(", ")});`;
  const type = `export type M${name} = Holds<Same<typeof m${name}, d.Expr<${shapeType(shape)}>>>;`;
  // A call that is refused has its type all the same, sentence and all.
  return isPoisoned(shape) ? `// @ts-expect-error ${shape.error}\n${call}\n${type}\n` : `${call} ${type}\n`;
};

const joining = (shapes: readonly Axes[], dice: Dice, name: string): string => {
  const options = dice.chance(0.5) ? {} : { axis: dice.pick([1, 2, 3, 3, -1, -2, -3, 0, 4, -5, 1.5, -1.5, 12]) };
  const { shape } = words.concatenate(
    shapes.map((axes) => words.input(axes)),
    options,
  );
  const call = `export const c${name} = concatenate([${shapes.map(inputText).join(", ")}], ${JSON.stringify(options)});`;
  const type = `export type C${name} = Holds<Same<typeof c${name}, d.Expr<${shapeType(shape)}>>>;`;
  return isPoisoned(shape) ? `// @ts-expect-error ${shape.error}\n${call}\n${type}\n` : `${call} ${type}\n`;
};

/** Several layers: in a pipe, a chain, a sequential and a residual. */
const net = (dice: Dice, name: string): string => {
  const first = configuration(dice);
  const layers = [first, configuration(dice), configuration(dice)];
  const start = words.input(first.shape);
  const end = layers.map(layerOf).reduce<AnyExpr>((x, layer) => layer(x), start);
  const texts = layers.map(layerText).join(", ");
  const expected = shapeType(end.shape);
  const residual = (words.residual(...(layers.map(layerOf) as never)) as unknown as Apply)(start).shape;
  const inner = words.sequential(words.residual(words.relu), ...(layers.map(layerOf) as never[]));
  const strict = (words.strict(words.named("a", inner)) as unknown as Apply)(start).shape;
  const lines = [
    `const s${name} = sequential(${texts}); export type S${name} = Holds<Same<Apply<typeof s${name}, ${JSON.stringify(first.shape)}>, ${expected}>>;`,
    `const r${name} = residual(${texts}); export type R${name} = Holds<Same<Apply<typeof r${name}, ${JSON.stringify(first.shape)}>, ${shapeType(residual)}>>;`,
    `const t${name} = strict(named("a", sequential(residual(relu), ${texts}))); export type S${name}t = Holds<Same<Apply<typeof t${name}, ${JSON.stringify(first.shape)}>, ${shapeType(strict)}>>;`,
  ];
  for (const call of [
    `pipe(${inputText(first.shape)}, s${name})`,
    `pipe(${inputText(first.shape)}, ${texts})`,
    `chain(${inputText(first.shape)}, ${texts})`,
  ]) {
    if (isPoisoned(end.shape)) lines.push(`// @ts-expect-error ${end.shape.error}`);
    lines.push(`export const n${name}_${lines.length} = ${call};`);
  }
  return `${lines.join("\n")}\n`;
};

/** How many of the lines expect a sentence. */
const sentencesIn = (text: string): number => text.split("@ts-expect-error").length - 1;

/** The compiler's time grows faster than a file. */
const batch = 400;

const check = (name: string, parts: readonly string[], sentences = parts.length / 20): void => {
  for (let from = 0; from < parts.length; from += batch) checkBatch(name, parts.slice(from, from + batch));
  expect(sentencesIn(parts.join(""))).toBeGreaterThanOrEqual(sentences);
};

const checkBatch = (name: string, parts: readonly string[]): void => {
  const text = header + parts.join("");
  const { complaints } = compile(writeGenerated(name, text), { noUnusedLocals: false });
  const lines = text.split("\n");
  expect(complaints.map(({ line, text: message }) => `${lines[line - 1]}\n${message}`)).toEqual([]);
};

const times = (n: number, make: (name: string) => string): readonly string[] =>
  Array.from({ length: n }, (_, i) => make(String(i)));

describe(`types and run time agree (COUNT=${count}, SEED=${seed})`, () => {
  test("on single layers", () => {
    const dice = diceOf(seed);
    check(
      "layers.ts",
      times(count, (name) => application(configuration(dice), name)),
    );
  });

  test("on layers with a wide number", () => {
    const dice = diceOf(seed + 3);
    check(
      "gradual.ts",
      times(Math.ceil(count / 4), (name) => gradual(dice, name)),
      0,
    );
  });

  test("on merges", () => {
    const dice = diceOf(seed + 1);
    const merges = ["add", "subtract", "average", "maximum", "minimum"];
    const one = (name: string): string =>
      merging(dice.pick(merges), mergeable(dice), name) +
      merging(dice.pick(["multiply", ...merges.map((word) => `${word}Of`)]), mergeable(dice), `x${name}`) +
      joining(mergeable(dice), dice, name);
    check("merges.ts", times(Math.ceil(count / 6), one));
  });

  test("on nets", () => {
    const dice = diceOf(seed + 2);
    check(
      "nets.ts",
      times(Math.ceil(count / 8), (name) => net(dice, name)),
    );
  });
});

/** The compiler's verdict, shape and sentence equal the run time's, on random configurations. */
import { describe, test } from "vitest";
import {
  application,
  check,
  inputText,
  joining,
  layerOf,
  layerText,
  merging,
  shapeType,
  type Apply,
} from "./applications.js";
import { configuration, mergeable } from "./configurations.js";
import { diceOf, wildly, type Dice } from "./random-options.js";
import { isPoisoned } from "../../src/shape/shape.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import * as words from "./vocabulary.js";

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
  // Of a dense layer's axis types want the literal.
  const places = numbersIn([one.shape, one.options]).filter(([, name]) => one.word !== "dense" || name !== "axis");
  if (isPoisoned(shape) || places.length === 0) return gradual(dice, name);
  const [side, ...rest] = dice.pick(places);
  const input = side === "0" ? widened(one.shape, rest) : JSON.stringify(one.shape);
  const options = side === "1" ? widened(one.options, rest) : JSON.stringify(one.options);
  const layer = one.options === null ? one.word : `${one.word}(${options})`;
  return `export const g${name} = pipe(input(${input}), ${layer}); export type G${name} = Holds<${shapeType(shape)} extends d.ShapeOf<typeof g${name}> ? true : false>;\n`;
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

const joinOptions = (dice: Dice): { readonly axis?: number } =>
  dice.chance(0.5) ? {} : { axis: dice.pick([1, 2, 3, 3, -1, -2, -3, 0, 4, -5, 1.5, -1.5, 12]) };

const times = (n: number, make: (name: string) => string): readonly string[] =>
  Array.from({ length: n }, (_, i) => make(String(i)));

/** The tests of so many configurations, a fourth of that many absurd and gradual ones, half as many merges, an eighth as many nets. */
export const typesAgree = (count: number, seed: number): void => {
  describe(`types and run time agree (COUNT=${count}, SEED=${seed})`, () => {
    test("on single layers", () => {
      const dice = diceOf(seed);
      check(
        `${count}-${seed}-layers.ts`,
        times(count, (name) => application(configuration(dice), name)),
      );
    });

    test("on layers with absurd options", () => {
      const dice = wildly(diceOf(seed + 4));
      const parts = times(Math.ceil(count / 4), (name) => application(configuration(dice), name));
      check(`${count}-${seed}-absurd.ts`, parts, parts.length / 2);
    });

    test("on layers with a wide number", () => {
      const dice = diceOf(seed + 3);
      check(
        `${count}-${seed}-gradual.ts`,
        times(Math.ceil(count / 4), (name) => gradual(dice, name)),
        0,
      );
    });

    test("on merges", () => {
      const dice = diceOf(seed + 1);
      const merges = ["add", "subtract", "average", "maximum", "minimum"];
      const two = (word: string, stretches: boolean, name: string): string => {
        const shapes = mergeable(dice);
        return merging(word, stretches, word === "subtract" ? shapes.slice(0, 2) : shapes, name);
      };
      const one = (name: string): string => {
        const stretching = dice.pick(["multiply", ...merges]);
        return (
          two(dice.pick(merges), false, name) +
          two(stretching, stretching !== "multiply", `x${name}`) +
          joining(mergeable(dice), joinOptions(dice), name)
        );
      };
      check(`${count}-${seed}-merges.ts`, times(Math.ceil(count / 6), one));
    });

    test("on nets", () => {
      const dice = diceOf(seed + 2);
      check(
        `${count}-${seed}-nets.ts`,
        times(Math.ceil(count / 8), (name) => net(dice, name)),
      );
    });
  });
};

/** Layers by the word of the DSL, for tests that go over many of them. */
import type { AnyExpr } from "../../src/dsl/expr.js";
import * as vocabulary from "../../src/ops/index.js";

const words: Readonly<Record<string, unknown>> = vocabulary;

/** `word(options)`, as a function of expressions. */
export const makeLayer = (word: string, options: object): ((x: AnyExpr) => AnyExpr) => {
  const made = words[word];
  if (typeof made !== "function") throw new Error(`${word} is no word of the vocabulary`);
  return (made as (given: object) => (x: AnyExpr) => AnyExpr)(options); // sound: a layer with options is called with them, then with its input
};

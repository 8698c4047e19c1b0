/** The text of graphs: it is canonical, it parses back, and no text makes the parser throw. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGraph } from "../../src/compiler/ir/parse.js";
import { graphText } from "../../src/compiler/ir/text.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { operators } from "../../src/ops/registry.js";
import { randomNet, recipes, type Recipe } from "../nets/random-net.js";
import { ir, parsed, slide, source } from "./ir-text.js";

/** What the parser says against a text. */
const problemOf = (text: string): string => {
  const result = parseGraph(text, operators, "file.ir");
  if (E.isRight(result)) return "none";
  // A whole line that names an operator that is not here may be right elsewhere.
  expect(result.left.tag).toBe(result.left.message.startsWith("graph: no operator") ? "Unsupported" : "BadFile");
  expect(result.left.where).toBe("file.ir");
  return result.left.message;
};

const x = source(0, "input", "x", ["n", 4]);

const textOf = (recipe: Recipe, mode: "training" | "inference"): string => {
  const { builder, outputs } = orThrow(
    toGraph(randomNet(recipe).model["~model"], { registry: operators, mode, seed: 0 }),
  );
  return graphText(builder.finish(outputs.map(({ name, value }) => ({ kind: "result", name, value: value.id }))));
};

describe("canonical text", () => {
  test("of a graph with an epilogue, updates and odd names", () => {
    const text = ir(
      source(0, "input", "x", ["n", 6, 6, 3]),
      source(1, "parameter", "stem/conv2d_1/kernel", [3, 3, 3, 4]),
      '%2 = parameter() {dtype: "f32", name: "say \\"hi\\"\\nthere", shape: [4]} : f32[4]',
      `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd + leakyRelu {alpha: 0.1} : f32[n, 4, 4, 4]`,
      'result "y z" = %3',
      'update "say \\"hi\\"\\nthere" = %2',
    );
    expect(graphText(parsed(text))).toBe(text);
  });

  test("does not depend on blanks, empty lines or the order of attributes", () => {
    const untidy = '\n%0   = input ( ) { shape:["n",4],name :"x", dtype: "f32" }:f32[n,4]\n\nresult "y"=%0\n';
    expect(graphText(parsed(untidy))).toBe(ir(x, 'result "y" = %0'));
  });

  test("keeps numbers to the bit, −0 too", () => {
    const formula = (value: string): string => `%1 = elementwise(%0) {formula: ["add", "x0", ${value}]} : f32[n, 4]`;
    for (const value of ["-0", "0.1", "1e-7", "5e-324", "1.7976931348623157e+308", "-123456789.125"])
      expect(graphText(parsed(ir(x, formula(value))))).toBe(ir(x, formula(value)));
  });

  test("of random networks parses back, and prints the same again", () => {
    const modes = fc.constantFrom("training" as const, "inference" as const);
    fc.assert(
      fc.property(recipes, modes, (recipe, mode) => {
        const text = textOf(recipe, mode);
        expect(graphText(parsed(text))).toBe(text);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

const bad: Readonly<Record<string, readonly [text: string, sentence: RegExp]>> = {
  "cut off in a line": [x.slice(0, 30), /line 1: expected/],
  "cut off before the type": [x.slice(0, x.indexOf(":  f32")), /line 1: expected/],
  "a type that is none": [x.replace("f32[n, 4]", "f16[n, 4]"), /expected a type such as f32\[n, 3\]/],
  "a type that is not the attributes'": [x.replace(": f32[n, 4]", ": f32[n, 5]"), /should have type f32\[n, 4\]/],
  "an unknown operator": [ir(x, "%1 = magic(%0) : f32[n, 4]"), /^graph: no operator 'magic' is known here/],
  "an operator named as a method of objects": [ir(x, "%1 = constructor(%0) : f32[n, 4]"), /no operator 'constructor'/],
  "an unknown stage": [ir(x, "%1 = relu(%0) + magic : f32[n, 4]"), /no operator 'magic' is known here/],
  "a reference forward": [ir(x, "%1 = relu(%2) : f32[n, 4]", "%2 = relu(%1) : f32[n, 4]"), /an earlier node, not %2/],
  "a cycle": [ir(x, "%1 = relu(%1) : f32[n, 4]"), /an earlier node, not %1/],
  "an id that is not the next": [ir(x, "%7 = relu(%0) : f32[n, 4]"), /expected node %1, not %7/],
  "an id twice": [ir(x, x), /expected node %1, not %0/],
  "an absurd id": [ir(x, "%99999999999999999999 = relu(%0) : f32[n, 4]"), /line 2: expected/],
  "a negative id": [ir(x, "%-1 = relu(%0) : f32[n, 4]"), /expected a number/],
  "an absurd reference": [ir(x, `%1 = relu(%${"9".repeat(400)}) : f32[n, 4]`), /line 2: expected/],
  "an output of nothing": [ir(x, 'result "y" = %1'), /an earlier node, not %1/],
  "an output twice": [ir(x, 'result "y" = %0', 'result "y" = %0'), /two outputs are named/],
  "an output before its node": [ir('result "y" = %0', x), /an earlier node, not %0/],
  "an output of another kind": [ir(x, 'export "y" = %0'), /a node, result or update/],
  "words after an output": [ir(x, 'result "y" = %0 and more'), /the end of the line/],
  "a name that does not end": [ir(x, 'result "y = %0'), /a quoted name/],
  "an escape that JSON has not": [ir(x, String.raw`result "\q" = %0`), /a quoted name/],
  "attributes too deep": [ir(x, `%1 = relu(%0) {a: ${deep(100)}} : f32[n, 4]`), /at most 64 levels/],
  "attributes far too deep": [ir(x, `%1 = relu(%0) {a: ${deep(100_000)}} : f32[n, 4]`), /at most 64 levels/],
  "attributes that do not end": [ir(x, "%1 = relu(%0) {a: [1, 2 : f32[n, 4]"), /expected '\]'/],
  "a number that is not finite": [ir(x, '%1 = elementwise(%0) {formula: ["add", "x0", 1e999]} : f32[n, 4]'), /finite/],
  "a batch axis twice": [x.replaceAll("4", "n").replace('["n", n]', '["n", "n"]'), /attribute shape cannot be/],
  "a formula of an unknown function": [
    ir(x, '%1 = elementwise(%0) {formula: ["steal", "x0"]} : f32[n, 4]'),
    /makes no formula/,
  ],
  "a formula of an inherited name": [
    ir(x, '%1 = elementwise(%0) {formula: ["toString", "x0"]} : f32[n, 4]'),
    /makes no formula/,
  ],
  "a formula with too few arguments": [
    ir(x, '%1 = elementwise(%0) {formula: ["add", "x0"]} : f32[n, 4]'),
    /makes no formula/,
  ],
  "a formula of another variable": [
    ir(x, '%1 = elementwise(%0) {formula: ["neg", "y"]} : f32[n, 4]'),
    /makes no formula/,
  ],
  "no formula": [ir(x, "%1 = elementwise(%0) : f32[n, 4]"), /makes no formula/],
  "an attribute that the formula needs and that is missing": [
    ir(x, "%1 = leakyRelu(%0) : f32[n, 4]"),
    /makes no formula/,
  ],
  "a constant without a shape": [ir('%0 = constant() {dtype: "f32", value: 1} : f32[]'), /attribute shape/],
  "a constant of too few numbers": [
    ir('%0 = constant() {dtype: "f32", shape: [3], value: [1, 2]} : f32[3]'),
    /3 numbers are needed/,
  ],
  "a file of something else": ["PK\u0003\u0004 \u0000\uFFFF", /line 1: expected/],
  "one enormous line": [`%0 = ${"a".repeat(1_000_000)}`, /line 1: expected '\('/],
  "one enormous name": [ir(x, `result "${"a".repeat(1_000_000)}`), /a quoted name/],
};

describe("bad input is a value", () => {
  test.each(Object.entries(bad))("%s", (_, [text, sentence]) => {
    expect(problemOf(text)).toMatch(sentence);
  });

  test("every prefix of a graph is a graph or a sentence", () => {
    const text = ir(x, "%1 = relu(%0) : f32[n, 4]", 'result "y" = %1');
    for (let end = 0; end < text.length; end++) problemOf(text.slice(0, end));
  });

  test("a key named __proto__ is a key, and changes nothing", () => {
    const graph = parsed(ir(x, '%1 = relu(%0) {"__proto__": {polluted: true}} : f32[n, 4]', 'result "__proto__" = %1'));
    expect(Object.keys(graph.nodes[1]?.attrs ?? {})).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
    expect(graphText(graph)).toContain("relu(%0) {__proto__: {polluted: true}}");
    expect(parsed(graphText(graph))).toEqual(graph);
  });

  test("messages are one sentence of at most 200 characters", () => {
    for (const [text] of Object.values(bad)) expect(problemOf(text).length).toBeLessThanOrEqual(200);
  });

  test("no mutation of a text makes the parser throw", () => {
    const signs = fc.constantFrom(
      ...Array.from('%()[]{}:,+="\\ -0123456789naexyf.\n'),
      "n",
      "__proto__",
      "1e999",
      "null",
      '"n"',
      "[[",
    );
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.nat(40), signs);
    fc.assert(
      fc.property(recipes, fc.array(edit, { minLength: 1, maxLength: 4 }), (recipe, edits) => {
        const mutated = edits.reduce(
          (text, [place, kind, length, sign]) => {
            const at = place % (text.length + 1);
            const removed = kind === 0 ? 0 : kind === 1 ? 1 : length;
            return text.slice(0, at) + (kind === 2 ? "" : sign) + text.slice(at + removed);
          },
          textOf(recipe, "inference"),
        );
        const result = parseGraph(mutated, operators, "file.ir");
        if (E.isRight(result)) expect(graphText(parsed(graphText(result.right)))).toBe(graphText(result.right));
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  test("random values of attributes do not make the parser throw", () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json));
    const lines = graphTextsByAttribute();
    fc.assert(
      fc.property(fc.constantFrom(...lines), value, (line, json) => {
        parseGraph(
          line.replace("VALUE", () => json),
          operators,
          "file.ir",
        );
      }),
      { numRuns: 3000, seed: 5 },
    );
  });
});

/** Graphs of one operator, each with one attribute to be replaced, for every attribute in the training graphs of some nets. */
function graphTextsByAttribute(): readonly string[] {
  const texts = fc.sample(recipes, { numRuns: 30, seed: 6 }).map((recipe) => textOf(recipe, "training"));
  return texts.flatMap((text) =>
    [...text.matchAll(/(\w+): (\[\[[^\]]*\](?:, \[[^\]]*\])*\]|\[[^[\]]*\]|"\w+"|[\d.e-]+|true|false)/g)]
      .filter(({ index }) => index % 7 === 0)
      .map(({ index, 0: whole, 1: key }) => `${text.slice(0, index)}${key}: VALUE${text.slice(index + whole.length)}`),
  );
}

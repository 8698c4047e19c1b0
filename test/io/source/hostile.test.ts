/** Graphs of layers that nobody vouches for: what is wrong is one sentence with the layer's path, and no name becomes code. */
import { describe, expect, test } from "vitest";
import { E } from "../../../src/fp.js";
import { orThrow, type SvertkaError } from "../../../src/errors.js";
import { modelOf, raise, type LayerCall, type LayerGraph } from "../../../src/io/layers/index.js";
import { sourceOf } from "../../../src/io/source/index.js";
import { compile, writeGenerated } from "../../types/compiler.js";

const call = (some: Partial<LayerCall>): LayerCall => ({
  value: "y",
  name: "y",
  word: "relu",
  options: {},
  inputs: ["x"],
  shape: [],
  weights: {},
  frozen: false,
  ...some,
});
const graph = (calls: readonly LayerCall[], shape: readonly number[] = [4]): LayerGraph => ({
  inputs: [{ name: "x", value: "x", shape }],
  calls,
  outputs: [{ name: "output", value: calls.at(-1)?.value ?? "x" }],
});

const problemOf = (layers: LayerGraph): SvertkaError => {
  const made = modelOf(layers);
  if (E.isRight(made)) throw new Error("it was taken");
  return made.left;
};

/** Options as files may have them. */
const options = (text: string): Record<string, unknown> => JSON.parse(text);

describe("a graph of layers that is wrong", () => {
  test.each<readonly [string, LayerGraph, SvertkaError["tag"], RegExp]>([
    ["unknown word", graph([call({ word: "lambda" })]), "Unsupported", /^'lambda' is no layer of svertka/],
    ["a word of Object", graph([call({ word: "constructor" })]), "Unsupported", /^'constructor' is no layer/],
    ["__proto__ as word", graph([call({ word: "__proto__" })]), "Unsupported", /^'__proto__' is no layer/],
    ["an operator as word", graph([call({ word: "reluOperator" })]), "Unsupported", /is no layer/],
    ["an operation that there is not", graph([call({ word: "ops.constructor" })]), "Unsupported", /is no layer/],
    ["options of a value", graph([call({ options: { alpha: 1 } })]), "BadOption", /^relu: it has no options/],
    ["two inputs of one", graph([call({ inputs: ["x", "x"] })]), "BadOption", /^relu: it takes one input, and got 2/],
    ["no input", graph([call({ inputs: [] })]), "BadOption", /^relu: it takes one input, and got 0/],
    ["a merge of none", graph([call({ word: "add", inputs: [] })]), "BadOption", /^add: it has no inputs/],
    [
      "a merge with unknown options",
      graph([call({ word: "multiply", inputs: ["x", "x"], options: { a: 1 } })]),
      "BadOption",
      /^multiply: /,
    ],
    [
      "an option of a wrong type",
      graph([call({ word: "dense", options: { units: "3" } })]),
      "ShapeMismatch",
      /^dense: units/,
    ],
    ["no options", graph([call({ word: "dense" })]), "ShapeMismatch", /^dense: units/],
    [
      "null as options",
      graph([call({ word: "conv2d", options: { filters: null, kernelSize: {} } })]),
      "ShapeMismatch",
      /^conv2d: /,
    ],
    ["an option of a list", graph([call({ word: "permute", options: { dims: 7 } })]), "ShapeMismatch", /^permute: /],
    [
      "a shape that does not fit",
      graph([call({ word: "conv2d", options: { filters: 1, kernelSize: 3 } })]),
      "ShapeMismatch",
      /^conv2d: /,
    ],
    [
      "an operation without arguments",
      graph([call({ word: "ops.pad" })]),
      "BadOption",
      /^ops\.pad: it is given no arguments/,
    ],
    [
      "an argument that there is not",
      graph([call({ word: "ops.abs", arguments: [{ input: 3 }] })]),
      "BadOption",
      /^ops\.abs: it has 1 inputs/,
    ],
    [
      "arguments of a layer",
      graph([call({ arguments: [{ input: 0 }] })]),
      "BadOption",
      /^relu: it is a layer of options/,
    ],
    [
      "a wrong formula",
      graph([call({ word: "ops.elementwise", arguments: [{ value: "x" }, { input: 0 }] })]),
      "BadOption",
      /^ops\.elementwise: /,
    ],
    [
      "a cycle",
      graph([call({ value: "a", name: "a", inputs: ["b"] }), call({ value: "b", name: "b", inputs: ["a"] })]),
      "BadModel",
      /^model: it reads 'b', which nothing before it makes/,
    ],
    ["a value twice", graph([call({}), call({})]), "BadModel", /^model: the value 'y' is made twice/],
    [
      "an output that nothing makes",
      { ...graph([call({})]), outputs: [{ name: "output", value: "z" }] },
      "BadModel",
      /^model: it reads 'z'/,
    ],
    ["no outputs", { ...graph([call({})]), outputs: [] }, "BadModel", /^model: it has no outputs/],
    [
      "two outputs of one name",
      {
        ...graph([call({})]),
        outputs: [
          { name: "a", value: "y" },
          { name: "a", value: "x" },
        ],
      },
      "BadModel",
      /^model: two of its inputs or outputs/,
    ],
    [
      "an input without a shape",
      { ...graph([call({})]), inputs: [{ name: "x", value: "x", shape: [0.5] }] },
      "ShapeMismatch",
      /^input: /,
    ],
    ["an empty name", graph([call({ name: "" })]), "BadModel", /^relu: this is no path/],
    ["a colon in a name", graph([call({ name: "a:b" })]), "BadModel", /^relu: this is no path/],
    ["an empty step in a path", graph([call({ name: "a//b" })]), "BadModel", /^relu: this is no path/],
    [
      "two layers of one path",
      graph([
        call({ value: "a", name: "d", word: "dense", options: { units: 4 } }),
        call({ value: "b", name: "d", word: "dense", options: { units: 4, useBias: false }, inputs: ["a"] }),
      ]),
      "BadModel",
      /^dense: another layer, dense, has this path/,
    ],
  ])("%s", (_, layers, tag, sentence) => {
    const problem = problemOf(layers);
    expect(problem).toMatchObject({ tag, message: expect.stringMatching(sentence) });
    expect(problem.message.length).toBeLessThanOrEqual(200);
  });

  test("shared weights of another shape: the sentence comes when it is compiled, or written", () => {
    const two = graph([
      call({ value: "a", name: "d", word: "dense", options: { units: 3 }, weights: { kernel: "d/kernel" } }),
      call({
        value: "b",
        name: "d",
        word: "dense",
        options: { units: 3 },
        inputs: ["a"],
        weights: { kernel: "d/kernel" },
      }),
    ]);
    const source = sourceOf(two, { from: "two" });
    expect(E.isLeft(source) && source.left.message).toMatch(/^share: the shared weight is 4x3 and this use needs 3x3/);
  });

  test("option names of Object", () => {
    const layers = graph([
      call({ word: "dense", options: options('{"units": 3, "__proto__": {"useBias": false}, "constructor": 1}') }),
    ]);
    expect(orThrow(sourceOf(layers, { from: "net" })).text).toContain("dense({ units: 3 })");
  });
});

const nasty = [
  "__proto__",
  "constructor",
  'a"); process.exit(1); ("',
  "a'b`c${process.exit(1)}",
  "line\nbreak\r\u2028\u2029",
  "*/ process.exit(1); /*",
  String.raw`back\slash\u0022`,
  "ключ 键 🔑",
  "\u202Egnp.exe",
  "class",
  "1st",
  "x",
  "input",
  "conv2d",
  "…",
];

describe("names from files", () => {
  test("are no code: the source type-checks, is one line a comment, and has the names", async () => {
    const calls = nasty.map((name, i) =>
      call({
        value: `v${i}`,
        name: name.replaceAll(":", "_").replaceAll("/", "|"),
        word: "dense",
        options: { units: 4 },
        inputs: [i === 0 ? "x" : `v${i - 1}`],
        weights: { kernel: `${name}/kernel`, bias: `${name}/bias` },
      }),
    );
    const layers: LayerGraph = {
      inputs: [{ name: nasty[0] ?? "", value: "x", shape: [4] }],
      calls,
      outputs: nasty.map((name, i) => ({ name: name.replaceAll("/", "|"), value: `v${i}` })),
    };
    for (const from of nasty) {
      const { text, weights } = orThrow(sourceOf(layers, { from, weightsFile: from }));
      expect(text.match(/\*\//g)).toHaveLength(1);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(new Set(weights.values()).size).toBe(2 * nasty.length);
    }
    const { text } = orThrow(sourceOf(layers, { from: "*/ nasty /*" }));
    const path = writeGenerated("source-nasty.ts", text);
    expect(compile(path, { types: ["node"] }).complaints).toEqual([]);
    const module: unknown = await import(/* @vite-ignore */ path);
    const net = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
    const outputs = typeof net === "object" && net !== null && "outputs" in net ? Object.keys(Object(net.outputs)) : [];
    expect(new Set(outputs)).toEqual(new Set(layers.outputs.map(({ name }) => name)));
  }, 120_000);

  test("strings in options are no code", () => {
    const layers = graph([call({ word: "activation", options: { name: 'relu" }); process.exit(1); ("' } })]);
    expect(problemOf(layers).message).toMatch(/^activation: activation /);
  });
});

test("a thousand layers", () => {
  const calls = Array.from({ length: 1000 }, (_, i) =>
    call({
      value: `v${i}`,
      name: `d${i}`,
      word: i % 2 === 0 ? "dense" : "relu",
      options: i % 2 === 0 ? { units: 4 + (i % 3) } : {},
      inputs: [i === 0 ? "x" : `v${i - 1}`],
    }),
  );
  expect(orThrow(sourceOf(graph(calls), { from: "deep" })).text.split("\n").length).toBeLessThan(600);
});

test("raising refuses what is no graph of layers", () => {
  const node = {
    id: 0,
    op: "input",
    inputs: [],
    attrs: { name: "x", dtype: "f32", shape: ["n", 2] },
    type: { dtype: "f32", shape: ["n", 2] },
  } as const;
  const fused = {
    id: 1,
    op: "relu",
    inputs: [0],
    attrs: {},
    type: node.type,
    epilogue: [{ op: "relu", attrs: {} }],
  } as const;
  const outputs = [{ name: "y", kind: "result", value: 1 }] as const;
  const messageOf = (result: ReturnType<typeof raise>): string => (E.isLeft(result) ? result.left.message : "");
  expect(messageOf(raise({ nodes: [node, fused], outputs }))).toMatch(/^relu: a fused operator is no layer/);
  const own = { ...fused, op: "mine", epilogue: undefined };
  expect(messageOf(raise({ nodes: [node, { ...own, epilogue: fused.epilogue }], outputs }))).toMatch(/^mine: /);
});

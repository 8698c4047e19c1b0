/** `Params` names the weights that `toGraph` makes, with their shapes, on random models (COUNT of them, by SEED). */
import { env } from "node:process";
import { describe, expect, test } from "vitest";
import { E } from "../../src/fp.js";
import { asFunction } from "../../src/dsl/layer.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { operators } from "../../src/ops/registry.js";
import { compile, vocabularyPath, writeGenerated } from "./compiler.js";
import { imageNet, otherNet } from "./params-nets.js";
import { diceOf, type Dice } from "./random-options.js";
import * as words from "./vocabulary.js";

const count = Math.ceil(Number(env["COUNT"] ?? 400) / 5);
const seed = Number(env["SEED"] ?? 1);

/** The compiler's time grows faster than a file. */
const batch = 400;

const header = `import * as d from "${vocabularyPath}";
import type { Holds, Params, Same } from "${vocabularyPath}";
const { ${Object.keys(words).join(", ")} } = d;
`;

/** A model that fits, and what its weights are. */
const assertion = (dice: Dice, name: string): string => {
  const { shape, text, layer } = dice.chance(0.7) ? imageNet(dice) : otherNet(dice);
  const start = words.input(shape);
  const description = { inputs: { input: start }, outputs: { output: asFunction(layer)(start) } };
  const graph = toGraph(description, { registry: operators, mode: "inference", seed: 0 });
  // Names that `named` gives twice in one scope, and shapes that do not fit.
  if (E.isLeft(graph)) return assertion(dice, name);
  const weights = graph.right.weights.map(
    (weight) => `${JSON.stringify(weight.name)}: ${JSON.stringify(weight.shape)}`,
  );
  return `const n${name} = model(input(${JSON.stringify(shape)}), ${text}); export type N${name} = Holds<Same<Params<typeof n${name}>, { ${weights.join("; ")} }>>;\n`;
};

/** The complaints, each with the line that it is about. */
const complaintsAbout = (name: string, text: string): readonly string[] => {
  const { complaints } = compile(writeGenerated(name, text), { noUnusedLocals: false, types: ["node"] });
  const lines = text.split("\n");
  return complaints.map(({ line, text: message }) => `${lines[line - 1]}\n${message}`);
};

describe("Params", () => {
  test(`is what toGraph names (${count} models, SEED=${seed})`, () => {
    const dice = diceOf(seed + 10);
    const models = Array.from({ length: count }, (_, i) => assertion(dice, String(i)));
    for (let from = 0; from < count; from += batch) {
      const text = header + models.slice(from, from + batch).join("");
      expect(complaintsAbout(`${count}-${seed}-params.ts`, text)).toEqual([]);
    }
    // Names are counted, and scopes are there.
    expect(/"[\w/]+\/\w+_1\/\w+":/.test(models.join(""))).toBe(true);
  });

  test("is a plain record where types cannot know", () => {
    const text = `${header}
declare const size: number; declare const flag: boolean; declare const layers: d.AnyLayer[]; declare const scope: string;
type Opaque<P> = Same<P, d.AnyParams>;
const expression = model(pipe(input([4]), dense({ units: 2 }))); export type A = Holds<Opaque<Params<typeof expression>>>;
const list = model(input([4]), sequential(...layers)); export type B = Holds<Opaque<Params<typeof list>>>;
const either = model(input([4]), dense({ units: 2, useBias: flag })); export type C = Holds<Opaque<Params<typeof either>>>;
const both = share(dense({ units: 4 })); const twice = model(input([4]), sequential(both, both)); export type D = Holds<Opaque<Params<typeof twice>>>;
const tower = share(named("tower", dense({ units: 4 }))); const towers = model(input([4]), sequential(tower, relu, tower, dense({ units: 2 }))); export type D1 = Holds<Same<Params<typeof towers>, { "tower/dense/kernel": [4, 4]; "tower/dense/bias": [4]; "dense/kernel": [4, 2]; "dense/bias": [2] }>>;
const inScopes = model(input([4]), sequential(named("a", tower), named("b", tower))); export type D2 = Holds<Opaque<Params<typeof inScopes>>>;
const named1 = model(input([4]), named(scope, dense({ units: 2 }))); export type E = Holds<Opaque<Params<typeof named1>>>;
const step = model(input([4, 4, 2]), d.uNetStep({ filters: 3 }, conv2d({ filters: 4, kernelSize: 1 }))); export type F = Holds<Same<Params<typeof step>["conv2d_3/kernel"], [3, 3, 6, 3]>>;
const wide = model(input([size]), dense({ units: 2 })); export type G = Holds<Same<Params<typeof wide>, { "dense/kernel": [number, 2]; "dense/bias": [2] }>>;
`;
    expect(complaintsAbout("params-opaque.ts", text)).toEqual([]);
  });
});

test("get and set refuse what the model does not have", () => {
  const text = `${header}
import { get, set, type TypedWeights } from "../../src/run/typed-weights.js";
import { f32 } from "../../src/data/nd-array.js";
import type { Weights } from "../../src/run/initial-weights.js";
const net = model(input([8, 8, 1]), sequential(named("stem", conv2d({ filters: 4, kernelSize: 3 })), flatten, dense({ units: 2 })));
declare const weights: TypedWeights<Params<typeof net>>; declare const plain: Weights; declare const data: Float32Array;
export const kernel: [3, 3, 1, 4] = get(weights, "stem/conv2d/kernel").shape;
export const any: readonly number[] = get(plain, "whatever").shape;
export const written: Weights = weights;
set(weights, "dense/bias", { dtype: "f32", shape: [2], data });
set(weights, "dense/bias", get(weights, "dense/bias"));
set(weights, "dense/bias", f32([2], data));
set(plain, "whatever", f32([2], data));
get(weights, "stem/conv2d/kernal");
get(weights, "conv2d/kernel");
get(weights, "kernel");
get(weights, "stem");
get(weights, "");
set(weights, "dense/bias", { dtype: "f32", shape: [3], data });
set(weights, "dense/bios", { dtype: "f32", shape: [3], data });
`;
  // Their first lines; the reasons come after.
  const complaints = complaintsAbout("params-get.ts", text).map((one) => one.split("\n").slice(0, 2).join("\n"));
  expect(complaints).toMatchInlineSnapshot(`
    [
      "get(weights, "stem/conv2d/kernal");
    Argument of type '"stem/conv2d/kernal"' is not assignable to parameter of type '"weights: 'stem/conv2d/kernal' is no weight of this model: perhaps 'stem/conv2d/kernel' is meant"'.",
      "get(weights, "conv2d/kernel");
    Argument of type '"conv2d/kernel"' is not assignable to parameter of type '"weights: 'conv2d/kernel' is no weight of this model: perhaps 'stem/conv2d/kernel' is meant"'.",
      "get(weights, "kernel");
    Argument of type '"kernel"' is not assignable to parameter of type '"weights: 'kernel' is no weight of this model: perhaps 'dense/kernel' is meant"'.",
      "get(weights, "stem");
    Argument of type '"stem"' is not assignable to parameter of type '"weights: 'stem' is no weight of this model: perhaps 'stem/conv2d/bias' is meant"'.",
      "get(weights, "");
    Argument of type '""' is not assignable to parameter of type '"weights: '' is no weight of this model: perhaps 'dense/bias' is meant"'.",
      "set(weights, "dense/bias", { dtype: "f32", shape: [3], data });
    Type '[3]' is not assignable to type 'readonly [3] & "weights: 'dense/bias' is [2], and the array is [3]: give an array of the weight's shape"'.",
      "set(weights, "dense/bios", { dtype: "f32", shape: [3], data });
    Argument of type '"dense/bios"' is not assignable to parameter of type '"weights: 'dense/bios' is no weight of this model: perhaps 'dense/bias' is meant"'.",
    ]
  `);
});

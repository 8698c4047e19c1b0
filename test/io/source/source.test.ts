/** Typed source: it type-checks with exact shapes, and is the model that it was written from; what is read often is folded. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isModel } from "../../../src/cli/load-model.js";
import type { AnyExpr } from "../../../src/dsl/expr.js";
import { toGraph } from "../../../src/dsl/to-graph.js";
import { orThrow } from "../../../src/errors.js";
import { operators } from "../../../src/ops/registry.js";
import { hasUnknownAxes, outlineOf } from "../../../src/run/inference-graph.js";
import { compile, writeGenerated } from "../../types/compiler.js";
import { meaningOf } from "../layers/meaning.js";
import { architectures, lessonNets, writtenNets, type AnyModel } from "../layers/nets.js";
import { writeSource, type Written } from "./written.js";

/** The graph of a model with the sizes that it has, or some. */
const meaning = (net: AnyModel, mode: "inference" | "training", names?: ReadonlyMap<string, string>): object => {
  const { builder, outputs } = orThrow(
    toGraph(net["~model"], {
      registry: operators,
      mode,
      seed: 0,
      ...(hasUnknownAxes(net) ? { anySize: true as const } : {}),
    }),
  );
  return meaningOf(
    builder.finish(outputs.map(({ name, value }) => ({ kind: "result", name, value: value.id }))),
    names,
  );
};

const load = async ({ path }: Written): Promise<AnyModel> => {
  const module: unknown = await import(/* @vite-ignore */ path);
  if (typeof module !== "object" || module === null || !("default" in module) || !isModel(module.default))
    throw new Error(`${path} has no model`);
  return module.default;
};

/** What a weight is to training. */
const trained = (net: AnyModel, names: ReadonlyMap<string, string>): ReadonlyMap<string, object> =>
  new Map(
    orThrow(outlineOf(net)).weights.map(({ name, kind, shape, trainable, initializer, regularizer, constraint }) => [
      names.get(name) ?? name,
      { kind, shape, trainable, initializer, regularizer, constraint },
    ]),
  );

const isTheSame = async (net: AnyModel, written: Written): Promise<void> => {
  const again = await load(written);
  const { path } = written;
  expect(again["~model"].problem, path).toBeUndefined();
  expect(new Set(orThrow(outlineOf(again)).weights.map(({ name }) => name))).toEqual(new Set(written.weights.keys()));
  expect(meaning(again, "inference", written.weights), path).toEqual(meaning(net, "inference"));
  expect(trained(again, written.weights), path).toEqual(trained(net, new Map()));
};

/** The shapes of a model's outputs as a type: `[1000]`, or by name. */
const typeOfOutputs = (net: AnyModel): string => {
  const outputs = Object.entries(net["~model"].outputs);
  const axes = ({ shape }: AnyExpr): string => `[${shape.map((dim) => dim ?? "null").join(", ")}]`;
  const [first] = outputs;
  return outputs.length === 1 && first?.[0] === "output"
    ? axes(first[1])
    : `{ ${outputs.map(([name, expr]) => `${JSON.stringify(name)}: ${axes(expr)}`).join("; ")} }`;
};

const head = `import type { ShapeOf } from "svertka";
import type { Holds, Same } from "../../test/types/vocabulary.js";
`;

describe("typed source", () => {
  const written = new Map<string, { readonly net: AnyModel; readonly source: Written }>();
  beforeAll(async () => {
    const nets = [...(await architectures()), ...lessonNets, ...writtenNets];
    for (const [name, net] of nets) written.set(name, { net, source: writeSource(name, net) });
  }, 120_000);

  test("type-checks, with exact shapes", () => {
    const lines = [...written.values()].map(
      ({ net, source }, i) =>
        `import net${i} from "${source.specifier}";\nexport type Is${i} = Holds<Same<ShapeOf<typeof net${i}>, ${typeOfOutputs(net)}>>;\n`,
    );
    const { complaints } = compile(writeGenerated("source-all.ts", head + lines.join("")), { types: ["node"] });
    expect(complaints).toEqual([]);
  }, 240_000);

  test("is the model that it was written from, with its weights", async () => {
    for (const { net, source } of written.values()) await isTheSame(net, source);
  }, 120_000);

  test("has lines that are read without scrolling, and few of them", () => {
    for (const { source } of written.values())
      for (const line of source.text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    const counts = [...written].map(([name, { source }]) => [name, source.text.split("\n").length] as const);
    expect(Object.fromEntries(counts)["resnet50"]).toBeLessThan(100);
    for (const [name, count] of counts) expect(count, name).toBeLessThan(150);
  });

  test("is the same when it is written again from itself", async () => {
    for (const name of ["resnet20", "unetSame", "mobilenetv2"]) {
      const source = written.get(name)?.source;
      if (source === undefined) throw new Error(`${name} was not written`);
      expect(writeSource(name, await load(source)).text).toBe(source.text);
    }
  });

  test.each(["unetSame", "resnet20", "inputs, outputs and a shared tower", "operations"])("of %s", async (name) => {
    const file = join(import.meta.dirname, "golden", `${name.replaceAll(/\W+/g, "-")}.ts.txt`);
    await expect(written.get(name)?.source.text).toMatchFileSnapshot(file);
  });
});

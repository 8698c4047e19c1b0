/** Known nets have exactly the shapes that their files assert, within a budget of type instantiations; and a mistake gives a sentence. */
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, vocabularyPath, writeGenerated, type Verdict } from "./compiler.js";

const folder = join(import.meta.dirname, "nets");
const nets = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"));

/** Instantiations that a net adds to the import of the library. */
const budget = 60_000;
/** And what a net with one mistake costs at most, in terms of the right one. */
const mistakeFactor = 3;

describe("types of nets", () => {
  let ofLibrary = Number.NaN;
  const costs = new Map<string, number>();
  const check = (path: string): Verdict => {
    // A mistake may leave an import without use.
    const verdict = compile(path, { noUnusedLocals: false });
    return { ...verdict, instantiations: verdict.instantiations - ofLibrary };
  };

  beforeAll(() => {
    const { complaints, instantiations } = compile(
      writeGenerated("library.ts", `export { input } from "${vocabularyPath}";\n`),
    );
    expect(complaints).toEqual([]);
    ofLibrary = instantiations;
  });

  test("all nets in one program", () => {
    const text = nets.map((net, i) => `export * as net${i} from "../../test/types/nets/${net}.js";\n`).join("");
    const { complaints, instantiations } = check(writeGenerated("all-nets.ts", text));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(nets.length * budget);
  });

  test.each(nets)("%s", (net) => {
    const { complaints, instantiations } = check(join(folder, `${net}.ts`));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(budget);
    costs.set(net, instantiations);
  });

  test.each([
    {
      net: "vgg16",
      mistake: "an image that is too small",
      right: "input([224, 224, 3])",
      wrong: "input([16, 16, 3])",
      line: "const stage5 =",
      sentence:
        "maxPool2d: pool 2x2 does not fit input 1x1 with padding 'valid': pad by at least 1 on each side, or use a pool of at most 1x1",
    },
    {
      net: "vgg16",
      mistake: "no channels",
      right: "input([224, 224, 3])",
      wrong: "input([224, 224])",
      line: "const stage1 =",
      sentence: "conv2d: expected a 3-D input [height, width, channels], got a 2-D input [224x224]",
    },
    {
      net: "resnet50",
      // A `flow` is opaque: its error is seen where its value is first used.
      mistake: "a block of other channels at the end",
      right: "project(512, 2048, 2), identity(512, 2048)",
      wrong: "project(512, 2048, 2), identity(512, 1024)",
      line: "export const resnet50 =",
      sentence:
        "residual: shapes 7x7x2048 and 7x7x1024 differ in channels, 2048 and 1024: give both the same number of filters",
    },
    {
      net: "resnet50-sequential",
      mistake: "a block of other channels at the beginning",
      right: "project(64, 256, 1), identity(64, 256)",
      wrong: "project(64, 256, 1), identity(64, 64)",
      line: "const stage2 =",
      sentence:
        "residual: shapes 56x56x256 and 56x56x64 differ in channels, 256 and 64: give both the same number of filters",
    },
    {
      net: "mobilenetv2",
      mistake: "an image without channels",
      right: "input([224, 224, 3])",
      wrong: "input([224, 224])",
      line: "const stem =",
      sentence: "conv2d: expected a 3-D input [height, width, channels], got a 2-D input [224x224]",
    },
    {
      net: "mobilenetv2",
      mistake: "a forgotten pooling",
      right: "pipe(features, globalAvgPool2d, dense(",
      wrong: "pipe(features, dense(",
      line: "export const mobilenetv2 =",
      sentence:
        "dense: expected a flat input [n], got a 3-D input [7x7x1280]: put flatten (or globalAvgPool2d) before it",
    },
  ])("$net with $mistake", ({ net, right, wrong, line, sentence }) => {
    const text = readFileSync(join(folder, `${net}.ts`), "utf8").replace("../vocabulary.js", vocabularyPath);
    expect(text).toContain(right);
    const changed = text.replace(right, wrong);
    const { complaints, instantiations } = check(writeGenerated(`wrong-${net}.ts`, changed));
    const lines = changed.split("\n");
    const [first] = complaints;
    expect(first?.text).toContain(sentence);
    expect(lines.slice(0, first?.line).findLast((text) => /^(export )?const/.test(text))).toContain(line);
    expect(instantiations).toBeLessThan(mistakeFactor * (costs.get(net) ?? budget));
  });

  test("300 layers in a sequential", () => {
    const layers = Array.from({ length: 300 }, (_, i) => `conv2d({ filters: ${8 + (i % 5)}, kernelSize: 3 })`);
    const text = `import { conv2d, input, pipe, sequential, type Expr, type Holds, type Same } from "${vocabularyPath}";
export const deep = pipe(input([700, 700, 3]), sequential(${layers.join(", ")}));
export type Deep = Holds<Same<typeof deep, Expr<[100, 100, 12]>>>;
`;
    const { complaints, instantiations } = check(writeGenerated("deep.ts", text));
    expect(complaints).toEqual([]);
    expect(instantiations).toBeLessThan(300_000);
  });
});

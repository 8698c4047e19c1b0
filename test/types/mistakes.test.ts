/** Each typical mistake is reported at the layer's line with its sentence, by the compiler and by the run time. */
import { beforeAll, describe, expect, test } from "vitest";
import type { AnyExpr } from "../../src/dsl/expr.js";
import type { Model } from "../../src/dsl/model.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { compile, vocabularyPath, writeGenerated, type Complaint } from "./compiler.js";
import { mistakes } from "./mistakes.js";
import * as words from "./vocabulary.js";

const header = `import * as d from "${vocabularyPath}";
const { ${Object.keys(words).join(", ")} } = d;
const wide: number = 9;
const smallInput = input([8, 8, 4]);
const half = <S extends d.Shape>(x: d.Expr<S>) => add(x, pipe(x, maxPool2d()));
const smallBlock = flow(conv2d({ filters: 8, kernelSize: 3 }), relu, maxPool2d());
const tallBlock = flow(relu, conv2d({ filters: 4, kernelSize: 9 }));
export const cases = [
`;
const text = `${header}${mistakes.map(({ code }) => `  () =>\n    ${code}\n  ,\n`).join("")}];
export { half, smallBlock, smallInput, tallBlock, wide };
`;
const guilty = text.split("\n").flatMap((line, i) => (line.endsWith("// here") ? [i + 1] : []));

const sentenceOf = (result: AnyExpr | Model<unknown, unknown>): string | undefined => {
  if ("~model" in result) return result["~model"].problem?.message;
  return isPoisoned(result.shape) ? result.shape.error : undefined;
};

describe("mistakes", () => {
  let complaints: readonly Complaint[] = [];
  let results: readonly (() => AnyExpr | Model<unknown, unknown>)[] = [];
  beforeAll(async () => {
    const path = writeGenerated("mistakes.ts", text);
    ({ complaints } = compile(path, { noUnusedLocals: false }));
    const loaded: { cases: typeof results } = await import(path);
    results = loaded.cases;
  });

  test("each has one guilty line, and no other line is reported", () => {
    expect(guilty).toHaveLength(mistakes.length);
    expect([...new Set(complaints.map(({ line }) => line))]).toEqual(guilty);
  });

  test.each(mistakes.map(({ title, sentence }, i) => ({ title, sentence, i })))("$title", ({ sentence, i }) => {
    const said = complaints.filter(({ line }) => line === guilty[i]).map(({ text: message }) => message);
    expect(said.join("\n")).toContain(sentence);
    expect(sentence.length).toBeLessThanOrEqual(200);
    // Sizes that only the run time knows stand in its sentence as numbers.
    expect(sentenceOf(results[i]?.() ?? words.input([1]))).toBe(
      sentence.replace("?x5", "9x5").replace("of at most 3x5", "of at most 9x5"),
    );
  });

  test("misspelt options are found by name", () => {
    const lines = [
      "conv2d({ filters: 8, kernalSize: 3 })",
      'conv2d({ filters: 8, kernelSize: 3, pading: "same" })',
      'conv2d({ filters: 8, kernelSize: 3, padding: "sane" })',
      'dense({ units: 8, activation: "rellu" })',
    ];
    const path = writeGenerated(
      "spelling.ts",
      `import { conv2d, dense } from "${vocabularyPath}";\nexport const all = [\n${lines.join(",\n")}];\n`,
    );
    expect(
      compile(path).complaints.map(({ text: message }) =>
        message.split("\n")[0]?.replace(/does not exist in type .*\. D/, "… D"),
      ),
    ).toEqual([
      "Object literal may only specify known properties, but 'kernalSize' … Did you mean to write 'kernelSize'?",
      "Object literal may only specify known properties, but 'pading' … Did you mean to write 'padding'?",
      "Type '\"sane\"' is not assignable to type 'PaddingOption | undefined'.",
      expect.stringContaining("Type '\"rellu\"' is not assignable to type"),
    ]);
  });
});

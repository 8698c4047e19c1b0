/** Modules and files that are no model or task: which place, which rule, which remedy. */
import { describe, expect, test } from "vitest";
import { svertka, workspace } from "./harness.js";

const { file, path } = workspace();

const net = `import { conv2d, input, model, pipe } from "svertka";\n`;

describe("a module that cannot be used is exit code 2 and one sentence", () => {
  test.each<readonly [string, string, string]>([
    [
      "a syntax error",
      "export default {\n  a: 1\n",
      ':3:0: module: Unexpected token, expected ",": correct the syntax',
    ],
    [
      "a throw",
      'throw new RangeError("no luck\\ntoday");',
      ": module: it throws RangeError while it loads, no luck: correct it",
    ],
    ["a thrown text", 'throw "away";', ": module: it throws away while it loads: correct it"],
    [
      "a missing package",
      'import x from "no-such-package";\nexport default x;',
      ": module: Cannot find module 'no-such-package': install it, or correct the import",
    ],
    [
      "no default export",
      "export const net = 1;",
      ": module: it has no default export: write `export default` before the model or task",
    ],
    [
      "another default export",
      "export default 42;",
      ": module: its default export is no model: export what model(...) gives",
    ],
    [
      "nothing as default export",
      "export default undefined;",
      ": module: its default export is no model: export what model(...) gives",
    ],
  ])("%s", async (name, text, said) => {
    const module = file(`${name.replaceAll(" ", "-")}.ts`, text);
    expect(await svertka("summary", module)).toEqual({ code: 2, stdout: "", stderr: `error: ${module}${said}\n` });
  });

  test("a shape that does not fit is the type checker's sentence, with the layer", async () => {
    const module = file(
      "shape.ts",
      `${net}export default model(pipe(input([8, 8, 1]), conv2d({ filters: 2, kernelSize: 9 })));`,
    );
    const sentence =
      "conv2d: kernel 9x9 does not fit input 8x8 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 8x8";
    expect(await svertka("summary", module)).toEqual({ code: 2, stdout: "", stderr: `error: ${sentence}\n` });
    const checked = await svertka("summary", module, "--type-check");
    expect(checked.code).toBe(2);
    expect(checked.stderr).toMatch(/^error: \S*shape\.ts:2:\d+: conv2d: kernel 9x9 does not fit/);
  });

  test("an error thrown by orThrow is that error", async () => {
    const module = file(
      "thrown.ts",
      `import { f32, orThrow } from "svertka";\nimport { checkFinite } from "svertka/data";\nexport default orThrow(checkFinite(f32([1], Float32Array.of(NaN)), "x"));`,
    );
    expect(await svertka("summary", module)).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: x: data: element [0] is NaN: remove or replace NaN and infinite values\n",
    });
  });

  test("a type error is found with --type-check only", async () => {
    const module = file(
      "type.ts",
      `${net}const one: number = "one";\nexport const used = one;\nexport default model(pipe(input([8, 8, 1]), conv2d({ filters: 2, kernelSize: 3 })));`,
    );
    expect((await svertka("summary", module)).code).toBe(0);
    const checked = await svertka("summary", module, "--type-check");
    expect(checked.code).toBe(2);
    expect(checked.stderr).toMatch(
      /^error: \S*type\.ts:2:7: type check: Type 'string' is not assignable to type 'number'\.\n$/,
    );
  });

  test("train wants a task", async () => {
    const module = file(
      "model.ts",
      `${net}export default model(pipe(input([8, 8, 1]), conv2d({ filters: 2, kernelSize: 3 })));`,
    );
    expect(await svertka("train", module, "--out", path("out"))).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: ${module}: module: its default export is a model, not a task: wrap it, as task({ model, loss, optimizer, epochs, data })\n`,
    });
    const wrong = file("wrong.ts", 'export default { kind: "task" };');
    expect(await svertka("train", wrong, "--out", path("out"))).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: ${wrong}: task: the field model (what model(...) gives) is missing or of another kind: correct it\n`,
    });
  });
});

describe("files", () => {
  test("one that is not there", async () => {
    const gone = path("gone.ts");
    expect((await svertka("summary", gone)).stderr).toBe(
      `error: ${gone}: model: no such file or folder: check the path\n`,
    );
    expect((await svertka("train", gone)).stderr).toBe(`error: ${gone}: module: no such file: check the path\n`);
  });

  test.each([
    ["net.h5", "an HDF5 file"],
    ["net.tflite", "a TensorFlow file"],
  ])("%s is exit code 3", async (name, format) => {
    const model = file(name, "{}");
    expect(await svertka("summary", model)).toEqual({
      code: 3,
      stdout: "",
      stderr: `error: ${model}: model: ${format} is not readable yet: give a .ts module or a checkpoint folder\n`,
    });
  });

  test("a folder that is no checkpoint, and one whose checkpoint is cut short", async () => {
    file("empty/readme.md", "");
    expect(await svertka("summary", path("empty"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("holds no weights.safetensors"),
    });
    file("short/weights.safetensors", Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 123));
    expect(await svertka("summary", path("short"))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: \S+weights\.safetensors: safetensors: .*cut short\n$/),
    });
  });

  test("a JavaScript module is taken as well, and may import its neighbours", async () => {
    file("layers.js", 'import { conv2d } from "svertka";\nexport const layer = conv2d({ filters: 2, kernelSize: 3 });');
    const module = file(
      "net.js",
      'import { input, model, pipe } from "svertka";\nimport { layer } from "./layers.js";\nexport default model(pipe(input([8, 8, 1]), layer));',
    );
    expect(await svertka("summary", module)).toMatchObject({ code: 0, stderr: "" });
  });
});

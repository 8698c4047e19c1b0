/** Known nets have exactly the shapes that their files assert, within a budget of type instantiations. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, vocabularyPath, writeGenerated } from "./compiler.js";

const folder = join(import.meta.dirname, "nets");
const nets = readdirSync(folder).filter((file) => file.endsWith(".ts"));

/** Instantiations that a net adds to the import of the library. */
const budget = 60_000;

describe("types of nets", () => {
  let ofLibrary = Number.NaN;
  beforeAll(() => {
    const { complaints, instantiations } = compile(
      writeGenerated("library.ts", `export { input } from "${vocabularyPath}";\n`),
    );
    expect(complaints).toEqual([]);
    ofLibrary = instantiations;
  });

  test.each(nets)("%s", (net) => {
    const { complaints, instantiations } = compile(join(folder, net));
    expect(complaints).toEqual([]);
    expect(instantiations - ofLibrary).toBeLessThan(budget);
  });

  test("300 layers in a sequential", () => {
    const layers = Array.from({ length: 300 }, (_, i) => `conv2d({ filters: ${8 + (i % 5)}, kernelSize: 3 })`);
    const text = `import { conv2d, input, pipe, sequential, type Expr, type Holds, type Same } from "${vocabularyPath}";
export const deep = pipe(input([700, 700, 3]), sequential(${layers.join(", ")}));
export type Deep = Holds<Same<typeof deep, Expr<[100, 100, 12]>>>;
`;
    const { complaints, instantiations } = compile(writeGenerated("deep.ts", text));
    expect(complaints).toEqual([]);
    expect(instantiations - ofLibrary).toBeLessThan(300_000);
  });
});

/** The built package, as a user installs it: three versions of TypeScript accept it, with the same sentences and within budget. */
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { check, complaintsByLine, install, project, sentencesIn, writeFile } from "./installed.js";

const { resolve } = createRequire(import.meta.url);
/**
 * The seconds of checking are what ResNet-50 may add to the import of the library. Before 7.0 the compiler is ten times as
 * slow, 0.6 to 0.9 s here on a busy machine; instantiations are the exact measure.
 */
const versions = [
  { version: "5.9", manifest: resolve("typescript-5.9/package.json"), seconds: 3 },
  { version: "6.0", manifest: resolve("typescript-6.0/package.json"), seconds: 3 },
  { version: "7.0", manifest: resolve("typescript/package.json"), seconds: 1 },
] as const;

/** Type instantiations of ResNet-50, the library's own included. */
const budget = 60_000;

/** Wrong nets, a line each, and what is said there. */
const wrongNets: readonly (readonly [code: string, sentence: string])[] = [
  [
    "pipe(input([5, 5, 1]), conv2d({ filters: 8, kernelSize: 7 }))",
    "conv2d: kernel 7x7 does not fit input 5x5 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 5x5",
  ],
  [
    "pipe(input([6, 6, 1]), maxPool2d(), maxPool2d(), maxPool2d())",
    "maxPool2d: pool 2x2 does not fit input 1x1 with padding 'valid': pad by at least 1 on each side, or use a pool of at most 1x1",
  ],
  [
    "pipe(input([28, 28, 10]), conv2d({ filters: 8, kernelSize: 3, groups: 4 }))",
    "conv2d: input channels 10 are not divisible by groups 4: use groups that divide both channels and filters",
  ],
  [
    "pipe(input([28, 28]), conv2d({ filters: 8, kernelSize: 3 }))",
    "conv2d: expected a 3-D input [height, width, channels], got a 2-D input [28x28]",
  ],
  [
    "pipe(input([28, 28, 1]), conv2d({ filters: 2.5, kernelSize: 3 }))",
    "conv2d: filters 2.5 is no size: use whole numbers from 1 to 999999999",
  ],
  [
    "pipe(input([28, 28, 1]), dense({ units: 10 }))",
    "dense: expected a flat input [n], got a 3-D input [28x28x1]: put flatten",
  ],
  ["pipe(input([4, 4, 2]), reshape({ targetShape: [5, -1] }))", "reshape: [4x4x2] has 32 elements, which do not fill"],
  ["add(input([8, 8, 4]), input([4, 4, 4]))", "add: shapes 8x8x4 and 4x4x4 differ in height, 8 and 4"],
  ["concatenate([input([15, 15, 3]), input([14, 14, 3])])", "concatenate: shapes 15x15x3 and 14x14x3 differ"],
  [
    "pipe(input([8, 8, 4]), residual(conv2d({ filters: 4, kernelSize: 3 })))",
    "residual: shapes 8x8x4 and 6x6x4 differ",
  ],
  [
    "pipe(input([8, 8, 4]), sequential(relu, conv2d({ filters: 4, kernelSize: 9 })))",
    "conv2d: kernel 9x9 does not fit",
  ],
  [
    "chain(input([8, 8, 4]), relu, strict(maxPool2d({ poolSize: 3 })))",
    "maxPool2d: pool 3x3 with strides 3 drops 2 rows and 2 columns of input 8x8",
  ],
];
const names =
  "add, chain, concatenate, conv2d, dense, input, maxPool2d, pipe, relu, reshape, residual, sequential, strict";
const wrongText = `import { ${names} } from "svertka";\n${wrongNets.map(([code], i) => `export const wrong${i} = ${code};\n`).join("")}`;

const manifestOfPackage: { exports: Record<string, unknown> } = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"),
);
/** Every door of the package that is a module. */
const doors = Object.keys(manifestOfPackage.exports).filter((door) => !door.endsWith(".json"));
const doorsText = doors.map((door, i) => `export * as door${i} from "svertka${door.slice(1)}";\n`).join("");

// Older compilers need up to 20 s for a program on a busy machine.
describe("the built package", { timeout: 180_000 }, () => {
  const sentences: (readonly (readonly string[])[])[] = [];

  beforeAll(() => {
    expect(install(versions[2].manifest)).toBe("");
    writeFile("wrong.ts", wrongText);
    writeFile("base.ts", `export { input } from "svertka";\n`);
    writeFile("doors.ts", doorsText);
  }, 180_000);

  describe.each(versions)("under TypeScript $version", ({ version, manifest, seconds }) => {
    test("is that version", () => {
      const { version: found }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
      expect(found.startsWith(version)).toBe(true);
    });

    test("all doors have declarations without error", () => {
      const { output } = check(manifest, ["doors.ts"], { skipLibCheck: false, types: ["node"] });
      // TensorFlow.js's own declarations have some: they name types that it does not bring.
      expect(output.split("\n").filter((line) => line.includes("error TS") && !line.startsWith("../../"))).toEqual([]);
    });

    test("all nets have their shapes", () => {
      const nets = readdirSync(join(project, "nets")).map((file) => `nets/${file}`);
      expect(check(manifest, nets).output).not.toContain("error TS");
    });

    test("ResNet-50 is within budget", () => {
      expect(check(manifest, ["nets/resnet50.ts"]).instantiations).toBeLessThanOrEqual(budget);
    });

    // Other work on the machine makes it slower, so that one of three in time is enough.
    test("ResNet-50 is checked in time", { retry: 2 }, () => {
      const added = check(manifest, ["nets/resnet50.ts"]).seconds - check(manifest, ["base.ts"]).seconds;
      expect(added).toBeLessThanOrEqual(seconds);
    });

    test("wrong nets get their sentences", () => {
      const said = complaintsByLine(check(manifest, ["wrong.ts"]).output);
      sentences.push([...said.values()].map(sentencesIn));
      expect([...said.keys()]).toEqual(wrongNets.map((_, i) => i + 2));
      wrongNets.forEach(([, sentence], i) => {
        expect(sentencesIn(said.get(i + 2) ?? "").join("\n")).toContain(sentence);
      });
    });
  });

  test("the sentences are the same in all versions", () => {
    const [first, ...others] = sentences;
    expect(others).toHaveLength(versions.length - 1);
    for (const other of others) expect(other).toEqual(first);
  });
});

/** The built package, as a user installs it: three versions of TypeScript accept it, with the same sentences and within budget. */
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { unexported } from "./unexported.js";
import { check, complaintsByLine, doorFiles, install, sentencesIn, writeFile } from "./installed.js";

const { resolve } = createRequire(import.meta.url);
const versions = [
  { version: "5.9", manifest: resolve("typescript-5.9/package.json") },
  { version: "6.0", manifest: resolve("typescript-6.0/package.json") },
  { version: "7.0", manifest: resolve("typescript/package.json") },
] as const;

/** Type instantiations of ResNet-50, the library's own included, and the seconds that it adds to the library's import. */
const budget = { instantiations: 60_000, seconds: 1 };
/** What a net with one mistake costs at most, in terms of the right one. */
const mistakeFactor = 3;

const netText = (net: string): string => readFileSync(join(import.meta.dirname, "nets", `${net}.ts`), "utf8");

/** 300 convolutions and what comes after them. */
const deepNet = (end: string): string => {
  const layers = Array.from({ length: 300 }, (_, i) => `conv2d({ filters: ${8 + (i % 5)}, kernelSize: 3 })`);
  return `import { type Holds, type Same } from "../vocabulary.js";
import { chain, conv2d, dense, flatten, input, type Expr } from "svertka";
export const deep = chain(input([700, 700, 3]), ${layers.join(", ")}, ${end});
export type Deep = Holds<Same<typeof deep, Expr<[10]>>>;
export { dense, flatten };
`;
};

/** Right nets, and the same with one mistake; the sentence that is said first. */
const slips: readonly {
  readonly net: string;
  readonly right: string;
  readonly wrong: string;
  readonly sentence: string;
}[] = [
  {
    net: "resnet50",
    right: netText("resnet50"),
    wrong: netText("resnet50").replace(
      "project(512, 2048, 2), identity(512, 2048)",
      "project(512, 2048, 2), identity(512, 1024)",
    ),
    sentence:
      "residual: shapes 7x7x2048 and 7x7x1024 differ in channels, 2048 and 1024: give both the same number of filters, as by conv2d({ filters: 2048, kernelSize: 1 }) on the second",
  },
  {
    net: "resnet50-sequential",
    right: netText("resnet50-sequential"),
    wrong: netText("resnet50-sequential").replace(
      "project(64, 256, 1), identity(64, 256)",
      "project(64, 256, 1), identity(64, 64)",
    ),
    sentence:
      "residual: shapes 56x56x256 and 56x56x64 differ in channels, 256 and 64: give both the same number of filters, as by conv2d({ filters: 256, kernelSize: 1 }) on the second",
  },
  {
    net: "chain-of-300",
    right: deepNet("flatten, dense({ units: 10 })"),
    wrong: deepNet("dense({ units: 10 })"),
    sentence:
      "dense: expected a flat input [n], got a 3-D input [100x100x12]: put flatten (or globalAvgPool2d) before it",
  },
];

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
    for (const { net, right, wrong } of slips) {
      expect(wrong).not.toBe(right);
      writeFile(`nets/right-${net}.ts`, right);
      writeFile(`nets/wrong-${net}.ts`, wrong);
    }
  }, 180_000);

  describe.each(versions)("under TypeScript $version", ({ version, manifest }) => {
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
      const nets = readdirSync(join(import.meta.dirname, "nets")).map((file) => `nets/${file}`);
      expect(check(manifest, nets).output).not.toContain("error TS");
    });

    // Caches and a shared core make it slower on a busy machine, so that one of five in time is enough.
    test("ResNet-50 is within budget", { retry: 4 }, () => {
      const net = check(manifest, ["nets/resnet50.ts"]);
      expect(net.instantiations).toBeLessThanOrEqual(budget.instantiations);
      expect(net.seconds - check(manifest, ["base.ts"]).seconds).toBeLessThanOrEqual(budget.seconds);
    });

    test.each(slips)("$net with a mistake costs at most thrice as much and is told", ({ net, sentence }) => {
      const ofLibrary = check(manifest, ["base.ts"]).instantiations;
      const right = check(manifest, [`nets/right-${net}.ts`]);
      expect(right.output).not.toContain("error TS");
      const wrong = check(manifest, [`nets/wrong-${net}.ts`]);
      expect(sentencesIn(wrong.output)[0]).toBe(sentence);
      expect(wrong.instantiations - ofLibrary).toBeLessThanOrEqual(mistakeFactor * (right.instantiations - ofLibrary));
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

  test("what the doors' declarations mention is exported", () => {
    expect(unexported(doorFiles())).toEqual([]);
  });

  test("the sentences are the same in all versions", () => {
    const [first, ...others] = sentences;
    expect(others).toHaveLength(versions.length - 1);
    for (const other of others) expect(other).toEqual(first);
  });
});

/** The laws of ARCHITECTURE.md about who may import whom. A failure lists each offending import as `file:line -> target`. */
import { builtinModules } from "node:module";
import { describe, expect, test } from "vitest";
import { type Import, filesUnder, importsIn, importsOfSource } from "./imports.js";

const imports = importsOfSource();

/** The interface that backends implement is not a backend: other stages may name its types. */
const isBackendInterface = ({ target, kind }: Import): boolean =>
  target === "src/backends/backend.ts" && kind === "type";

const under =
  (...places: readonly string[]) =>
  (file: string): boolean =>
    places.some((place) => file === place || file.startsWith(`${place}/`));

const isNode = (target: string): boolean => target.startsWith("node:") || builtinModules.includes(target);
const mayUseNode = (file: string): boolean =>
  under("src/cli", "src/backends/tfjs/wasm", "src/backends/tfjs/node")(file) ||
  file.includes("/node/") ||
  file.endsWith("/node.ts");

const show = ({ file, line, target }: Import): string => `${file}:${line} -> ${target}`;

/** No import may be one that the law forbids. */
const nowhere = (forbidden: (one: Import) => boolean): void => {
  expect(imports.filter(forbidden).map(show)).toEqual([]);
};

/** Files in `from` import nothing of `targets`. */
const keepsFrom = (from: readonly string[], targets: readonly string[]): void => {
  nowhere((one) => under(...from)(one.file) && under(...targets)(one.target) && !isBackendInterface(one));
};

describe("outside packages", () => {
  test("only src/fp.ts imports fp-ts", () => {
    nowhere(({ file, target }) => under("fp-ts")(target) && file !== "src/fp.ts");
  });

  test("only backends import TensorFlow.js", () => {
    nowhere(({ file, target }) => target.startsWith("@tensorflow/") && !under("src/backends")(file));
  });

  test("only Node's own files import Node: node.ts, node/, cli, and the wasm and node backends", () => {
    nowhere(({ file, target }) => isNode(target) && !mayUseNode(file));
  });

  test("nothing imports svertka by its package name", () => {
    nowhere(({ target }) => under("svertka")(target));
  });
});

describe("stages depend one way", () => {
  const core = ["src/index.ts", "src/dsl", "src/compiler", "src/ops", "src/shape", "src/formula"];

  test("the core imports no backend", () => {
    keepsFrom(core, ["src/backends"]);
  });

  test("a shape knows only errors and fp", () => {
    const known = under("src/shape", "src/errors.ts", "src/fp.ts");
    nowhere(({ file, target }) => under("src/shape")(file) && !known(target));
  });

  test("the compiler knows neither the DSL nor what comes after it", () => {
    keepsFrom(["src/compiler"], ["src/dsl", "src/train", "src/data", "src/io", "src/viz", "src/cli"]);
  });

  test("the DSL knows the IR, not what the compiler does with it, nor training", () => {
    const later = ["passes", "lowering", "autodiff"].map((stage) => `src/compiler/${stage}`);
    keepsFrom(["src/dsl"], [...later, "src/train", "src/data", "src/io", "src/viz", "src/backends"]);
  });

  test("nothing imports the command line", () => {
    nowhere(({ file, target }) => under("src/cli")(target) && !under("src/cli")(file));
  });
});

describe("what a browser bundle gets", () => {
  const reachable = (door: string): ReadonlyMap<string, Import | undefined> => {
    const seen = new Map<string, Import | undefined>([[door, undefined]]);
    for (const file of seen.keys())
      for (const one of imports)
        if (one.file === file && one.kind !== "type" && !seen.has(one.target)) seen.set(one.target, one);
    return seen;
  };
  /** The imports through which a door reaches what it must not. */
  const leaks = (door: string, forbidden: (target: string) => boolean): readonly string[] =>
    [...reachable(door)].flatMap(([target, by]) => (by !== undefined && forbidden(target) ? [show(by)] : []));

  test.each(["index", "train/index", "data/index", "io/index", "viz/index"])("svertka's %s reaches no Node", (door) => {
    expect(leaks(`src/${door}.ts`, isNode)).toEqual([]);
  });

  test("svertka's index reaches no backend", () => {
    const isBackend = under("src/backends/tfjs", "src/backends/reference");
    expect(leaks("src/index.ts", (target) => isBackend(target) || target.startsWith("@tensorflow/"))).toEqual([]);
  });
});

/** Some cycle of imports with values (types vanish, `import(…)` waits), or nothing. */
const cycleIn = (all: readonly Import[]): readonly Import[] => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly Import[]): readonly Import[] => {
    const start = path.findIndex((one) => one.file === file);
    if (start >= 0) return path.slice(start);
    if (done.has(file)) return [];
    const outgoing = all.filter((one) => one.file === file && one.kind === "static");
    const cycle = outgoing.map((one) => visit(one.target, [...path, one])).find((found) => found.length > 0);
    done.add(file);
    return cycle ?? [];
  };
  return all.map(({ file }) => visit(file, [])).find((cycle) => cycle.length > 0) ?? [];
};

describe("files", () => {
  test("no files import each other in a circle", () => {
    expect(cycleIn(imports).map(show)).toEqual([]);
  });

  test("every relative import names a file", () => {
    const files = new Set(filesUnder("src"));
    nowhere(({ target }) => target.startsWith("src/") && !files.has(target));
  });

  test("none is named utils, helpers, common or misc", () => {
    const vague = /(?:^|[/.-])(?:utils?|helpers?|common|misc)(?=[/.-]|$)/;
    expect(filesUnder("src").filter((file) => vague.test(file))).toEqual([]);
  });
});

test("imports are read from the text", () => {
  const text = [
    'import a, { b } from "./b.js"; // import x from "no"',
    "import {",
    "  type C,",
    '} from "../c.js";',
    'import type { D } from "./d.js";',
    'export type { E } from "./e.js";',
    'export * as f from "fp-ts/lib/F.js";',
    'import "node:fs";',
    "/* import g from './no.js' */",
    "const pattern = /[`'\"]/g, source = `",
    'import h from "./no.js";`;',
    'const later = await import("./i.js"), typed: typeof import("./j.js") = later;',
    'import type from "./k.js";',
    'export const l = "from", m = 1 / 2;',
    '"./no.js";',
  ].join("\n");
  expect(importsIn("src/x/a.ts", text).map(({ line, kind, target }) => `${line} ${kind} ${target}`)).toEqual([
    "1 static src/x/b.ts",
    "4 static src/c.ts",
    "5 type src/x/d.ts",
    "6 type src/x/e.ts",
    "7 static fp-ts/lib/F.js",
    "8 static node:fs",
    "12 dynamic src/x/i.ts",
    "12 type src/x/j.ts",
    "13 static src/x/k.ts",
  ]);
});

test("a circle is found", () => {
  const edge = (file: string, target: string): Import => ({ file, target, line: 1, kind: "static" });
  const all = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("d", "b"), edge("c", "e")];
  expect(cycleIn(all).map(show)).toEqual(["b:1 -> c", "c:1 -> d", "d:1 -> b"]);
  expect(cycleIn(all.map((one) => ({ ...one, kind: "type" })))).toEqual([]);
});

/** docs/goldens.md is written from a run; here it must name what the vocabulary exports, as often as the fixtures have it. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as activations from "../../src/ops/activation-index.js";
import * as words from "../../src/ops/index.js";
import * as initializers from "../../src/ops/initializers.js";
import { operators } from "../../src/ops/registry.js";
import * as constraints from "../../src/train/constraint.js";
import * as losses from "../../src/train/losses/index.js";
import * as metrics from "../../src/train/metrics/index.js";
import * as optimizers from "../../src/train/optimizers/index.js";
import * as regularizers from "../../src/train/regularizer.js";
import * as schedules from "../../src/train/schedules/index.js";
import { layerFixtures } from "../layers/fixture.js";
import { randomLayerFixtures } from "../layers/random-cases.js";
import { augmentationCases } from "../support/augmentation-cases.js";
import { wordOfKeras } from "../support/golden-notes.js";
import { workedExamples } from "../support/fixtures.js";
import { readTraining } from "../train/training-fixtures.js";

const page = readFileSync(new URL("../../docs/goldens.md", import.meta.url), "utf8");

/** Configurations by name, as the page's section has them. */
const rowsOf = (title: string): Readonly<Record<string, number>> => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => /^\| \w/.test(line));
  return Object.fromEntries(
    rows.map((row) => {
      const [, name = "", count] = row.split("|").map((cell) => cell.trim());
      return [name, Number(count)];
    }),
  );
};

const counted = (names: readonly string[]): Readonly<Record<string, number>> =>
  names.reduce<Record<string, number>>((counts, name) => ({ ...counts, [name]: (counts[name] ?? 0) + 1 }), {});

/** How many cases of a training fixture each word has. */
const casesOf = (fixture: string, key: string, word: (name: string) => string = wordOfKeras): Record<string, number> =>
  counted(readTraining<Readonly<Record<string, string>>>(fixture).cases.map((one) => word(one[key] ?? "")));

const exported = (module: object, without: readonly string[] = []): readonly string[] =>
  Object.keys(module)
    .filter((name) => !without.includes(name))
    .toSorted();

/** What layers take inline: the operators of the list, and none of them. */
const activationNames = [
  "linear",
  ...exported(activations).flatMap((name) => (name.endsWith("Operator") ? [name.slice(0, -"Operator".length)] : [])),
].toSorted();

const layers = layerFixtures().filter(({ layer }) => layer !== "activation");
const activationCases = layerFixtures().find(({ layer }) => layer === "activation")?.cases ?? [];
const noise: { readonly cases: readonly { readonly layer: string }[] } = JSON.parse(
  readFileSync(new URL("../fixtures/noise.json", import.meta.url), "utf8"),
);
const isAugmentation = (name: string): boolean => /^random[A-Z]|^centerCrop$/.test(name);
const metricWord = (name: string): string => (name.startsWith("mean_") ? "meanOf" : wordOfKeras(name));

interface Section {
  readonly title: string;
  /** What there is. */
  readonly names: readonly string[];
  /** How many cases of it the fixtures have. */
  readonly cases: Readonly<Record<string, number>>;
}

const sections: readonly Section[] = [
  {
    title: "Layers",
    names: exported(words).filter(
      (name) =>
        !name.endsWith("Operator") &&
        name !== "activation" &&
        !isAugmentation(name) &&
        !randomLayerFixtures.some(({ layer }) => layer === name),
    ),
    cases: Object.fromEntries(layers.map(({ layer, cases }) => [layer, cases.length])),
  },
  {
    title: "Activations by name",
    names: activationNames,
    cases: counted(activationCases.map(({ options }) => String(options?.["name"]))),
  },
  {
    title: "Layers that draw random numbers",
    names: exported(words).filter((name) => /dropout|noise/i.test(name)),
    cases: counted(noise.cases.map(({ layer }) => layer)),
  },
  {
    title: "Augmentation layers",
    names: exported(words).filter(isAugmentation),
    cases: counted(augmentationCases.map(({ layer }) => layer)),
  },
  {
    title: "Initialisers",
    names: exported(initializers, ["fansOf", "initializerProblem", "fromArray"]),
    cases: casesOf("initializers", "initializer"),
  },
  { title: "Regularisers", names: exported(regularizers), cases: casesOf("regularizers", "regularizer") },
  {
    title: "Constraints",
    names: exported(constraints).filter((name) => !name.endsWith("Problem")),
    cases: casesOf("constraints", "constraint"),
  },
  { title: "Losses", names: exported(losses), cases: casesOf("losses", "loss") },
  { title: "Optimisers", names: exported(optimizers), cases: casesOf("optimizers", "optimizer") },
  { title: "Schedules", names: exported(schedules), cases: casesOf("schedules", "schedule") },
  {
    title: "Metrics",
    names: exported(metrics, ["addSums", "noSums", "valuesOf", "meanMetric"]),
    cases: casesOf("metrics", "metric", metricWord),
  },
  {
    title: "Operators",
    names: [...operators.keys()].filter((name) => workedExamples(name) !== undefined).toSorted(),
    cases: Object.fromEntries([...operators.keys()].map((name) => [name, workedExamples(name)?.length ?? 0])),
  },
];

describe.each(sections.map((section) => [section.title, section] as const))("%s", (title, { names, cases }) => {
  const rows = rowsOf(title);

  test("has a row for each word of the vocabulary, and no other: else npm run goldens:table", () => {
    expect(Object.keys(rows).toSorted()).toEqual(names);
  });

  test("counts what the fixtures have: else npm run goldens:table", () => {
    for (const [name, count] of Object.entries(rows)) expect(count, name).toBe(cases[name]);
  });

  test("has ten configurations of each", () => {
    // Operators have worked examples as many as they need, and cases of their own; a case of augmentation is three pictures.
    for (const [name, count] of Object.entries(rows))
      expect(count, name).toBeGreaterThanOrEqual(/^Operators|^Augm/.test(title) ? 3 : 10);
  });
});

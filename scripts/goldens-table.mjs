/** `npm run goldens:table`: runs the comparisons with Keras's goldens and writes docs/goldens.md from what they noted. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Tests that call noteGolden, by the configuration that finds them. */
const suites = {
  "vitest.config.ts": [
    "test/ops/conformance.test.ts",
    "test/ops/noise.test.ts",
    "test/layers/goldens.test.ts",
    "test/layers/augmentation.test.ts",
    "test/models/goldens.test.ts",
    "test/run/initializer-goldens.test.ts",
    ...["regularizers", "losses", "metrics", "schedules", "optimizers", "fits"].map(
      (name) => `test/train/${name}.test.ts`,
    ),
  ],
  "vitest.long.config.ts": ["test/long/layer-gradients.long.ts"],
};

/** In the order of the page: what a row is, and what its errors are. */
const sections = {
  layers: [
    "Layers",
    "‖a − b‖₂ / ‖b‖₂ of results and states, of gradients by inputs and weights (≤ 1e-4); finite differences in float64 (≤ 1e-6).",
  ],
  activations: ["Activations by name", "The same, for `activation({ name, … })` and what layers have inline."],
  "random layers": [
    "Layers that draw random numbers",
    "Standard errors from the formula and from Keras's sample (< 5); in inference they do nothing. Finite differences through the numbers drawn.",
  ],
  augmentation: [
    "Augmentation layers",
    "The largest difference from Keras's layer with the same random numbers, three pictures a configuration, as a part of the range of values (< 2e-5: places between pixels are float32).",
  ],
  initializers: [
    "Initialisers",
    "Standard errors from Keras's documented mean and deviation, and from the mean and deciles of Keras's own sample (< 5). `fromArray` has no counterpart in Keras.",
  ],
  regularizers: ["Regularisers", "Relative error of the penalty and of its gradient (≤ 1e-5)."],
  constraints: ["Constraints", "‖a − b‖₂ / ‖b‖₂ of the weight (≤ 1e-5)."],
  losses: [
    "Losses",
    "Relative error of the value, ‖a − b‖₂ / ‖b‖₂ of the gradient (≤ 1e-4); from logits, probabilities, behind softmax or sigmoid, with each option.",
  ],
  optimizers: [
    "Optimisers",
    "‖a − b‖₂ / ‖b‖₂ of the weights after 20 steps (≤ 1e-5); with each clipping, decay, schedules, averages, accumulation.",
  ],
  schedules: ["Schedules", "|a − b| / the largest rate (≤ 2e-6; Keras computes in float32)."],
  metrics: ["Metrics", "|a − b| of the running value over three batches (≤ 5e-6)."],
  fits: ["Whole trainings", "‖a − b‖₂ / ‖b‖₂ of each curve of the history (≤ 1e-4) and of the final weights (≤ 1e-3)."],
  models: [
    "Nets of the lessons",
    "Result, loss, gradients (≤ 1e-4), weights after ten steps (≤ 1e-3). Plain JavaScript takes minutes for the larger ones.",
  ],
  operators: ["Operators", "‖a − b‖₂ / ‖b‖₂ of the result (≤ 1e-5), against Keras and TensorFlow."],
};

/** LAYERS=dense,conv2d runs the layers' suites on these fixtures alone, random layers and operators; all other rows stay. */
const isPartial = process.env.LAYERS !== undefined;
const wanted = isPartial ? (file) => /layer|noise|conformance/.test(file) : () => true;

const folder = mkdtempSync(join(tmpdir(), "svertka-goldens-"));
const file = join(folder, "notes");
writeFileSync(file, "");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const failed = Object.entries(suites).some(
  ([config, files]) =>
    spawnSync(process.execPath, [vitest, "run", "--config", config, ...files.filter(wanted)], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, GOLDEN_NOTES: file },
    }).status !== 0,
);
const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
rmSync(folder, { recursive: true });
if (failed) {
  console.error("goldens: a comparison failed: docs/goldens.md stays as it was");
  process.exit(1);
}

/** @type {Map<string, Map<string, Map<string, number[]>>>} By section, name, and column: the errors of each configuration. */
const notes = new Map();
const within = (map, key, make) => {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
};
for (const line of lines) {
  const { section, name, backend, errors } = JSON.parse(line);
  const columns = within(
    within(notes, section, () => new Map()),
    name,
    () => new Map(),
  );
  for (const [quantity, error] of Object.entries(errors))
    within(columns, backend === undefined ? quantity : `${quantity}, ${backend}`, () => []).push(error);
}

const shown = (error) => (error === 0 ? "0" : error >= 0.1 ? error.toFixed(1) : error.toExponential(1));

const cellsOf = (row) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The rows that the page has now, as text by column; none where everything is run. */
const kept = (title) => {
  if (!isPartial) return [];
  const section = readFileSync(join(root, "docs", "goldens.md"), "utf8").split(/^## /m);
  const lines = (section.find((part) => part.startsWith(`${title}\n`)) ?? "").split("\n");
  const [head = "", , ...rows] = lines.filter((line) => /^\|(?: |--)/.test(line));
  const columns = cellsOf(head).slice(2);
  return rows.map((row) => {
    const [name, configurations, ...errors] = cellsOf(row);
    return [name, { configurations, errors: new Map(columns.map((column, i) => [column, errors[i] ?? ""])) }];
  });
};

/** @param {string} section */
const table = (section) => {
  const [title, meaning] = sections[section];
  const fresh = [...(notes.get(section) ?? [])].map(([name, byColumn]) => {
    const counts = [...byColumn].map(([column, errors]) => (column.startsWith("loss") ? 1 : errors.length));
    const errors = new Map([...byColumn].map(([column, all]) => [column, shown(Math.max(...all))]));
    return [name, { configurations: Math.max(...counts), errors }];
  });
  const rows = [...new Map([...kept(title), ...fresh])].sort(([a], [b]) => (a < b ? -1 : 1));
  const columns = [...new Set(rows.flatMap(([, { errors }]) => [...errors.keys()]))];
  const body = rows.map(([name, { configurations, errors }]) => {
    const cells = columns.map((column) => errors.get(column) ?? "");
    return `| ${[name, configurations, ...cells].join(" | ")} |`;
  });
  const head = [`| ${["", "configurations", ...columns].join(" | ")} |`, `|${"---|".repeat(columns.length + 2)}`];
  return [`## ${title}`, "", meaning, "", ...head, ...body, ""].join("\n");
};

const source = JSON.parse(readFileSync(join(root, "test/fixtures/layers/dense.json"), "utf8")).source.split(",")[0];
const page = `# What is compared with Keras

Written by \`npm run goldens:table\` from a run; do not edit. Each number is the worst of a row's configurations.
Expected values: ${source}, made by \`scripts/goldens\`. A test fails when this page has other names or counts than the
vocabulary and the fixtures.

${Object.keys(sections).map(table).join("\n")}`;
writeFileSync(join(root, "docs", "goldens.md"), page);
console.log(
  `docs/goldens.md: ${[...notes.values()].reduce((sum, names) => sum + names.size, 0)} rows of ${lines.length} comparisons`,
);

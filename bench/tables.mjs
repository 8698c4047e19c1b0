/** Measurements as Markdown: times, ratios, and what the targets say; and the page that holds them. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { stepTargets, targets } from "./systems.mjs";

const table = (header, rows) =>
  [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const number = (value) => (value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : value.toFixed(0));

const sameCase = (a, b) => a.mode === b.mode && a.model === b.model && a.batch === b.batch;

/** Every row, with svertka's ratio to each peer of its case: above 1 svertka is faster. */
export const measuredTable = (measured) =>
  table(
    ["mode", "model", "batch", "system", "ms", "p95", "first run ms", "set-up ms", "peak MB", "against"],
    measured.map((row) => {
      const peers = measured.filter((other) => sameCase(other, row) && !other.system.startsWith("svertka-"));
      const ratios = row.system.startsWith("svertka-")
        ? peers.map(({ system, milliseconds }) => `${(milliseconds / row.milliseconds).toFixed(2)}× ${system}`)
        : [];
      return [
        row.mode,
        row.model,
        row.batch,
        row.system,
        number(row.milliseconds),
        number(row.p95),
        number(row.firstRun),
        number(row.setUp),
        row.peakMegabytes.toFixed(0),
        ratios.join(", "),
      ];
    }),
  );

/** Each target with what this run measured; a case that was not run says so. */
export const targetTable = (measured) => {
  const timeOf = (system, mode, model, batch) =>
    measured.find((row) => row.system === system && row.mode === mode && row.model === model && row.batch === batch)
      ?.milliseconds;
  const casesOf = ({ mode, models, batch }) => [
    ...new Map(
      measured
        .filter((row) => row.mode === mode && models.includes(row.model) && (batch ?? row.batch) === row.batch)
        .map((row) => [`${row.model} ${row.batch}`, row]),
    ).values(),
  ];
  const ratios = targets.map((target) => {
    const found = casesOf(target).flatMap(({ model, batch }) => {
      const [ours, theirs] = [target.ours, target.peer].map((system) => timeOf(system, target.mode, model, batch));
      return ours === undefined || theirs === undefined ? [] : [{ name: `${model} ${batch}`, ratio: theirs / ours }];
    });
    const shown = found.map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}×`).join(", ");
    const missed = found.filter(({ ratio }) => ratio < target.least);
    const verdict =
      found.length === 0
        ? "not measured"
        : missed.length === 0
          ? "met"
          : `**below** (${missed.map(({ name }) => name).join(", ")})`;
    const what = `${target.mode} ${target.models.join(", ")}${target.batch === undefined ? "" : `, batch ${target.batch}`}`;
    return [`${target.ours} against ${target.peer}: ${what}`, `≥ ${target.least}×`, shown || "–", verdict];
  });
  const steps = stepTargets.map(({ ours, model, batch, most }) => {
    const [step, forward] = ["train", "infer"].map((mode) => timeOf(ours, mode, model, batch));
    const ratio = step === undefined || forward === undefined ? undefined : step / forward;
    const verdict = ratio === undefined ? "not measured" : ratio <= most ? "met" : "**above**";
    return [
      `${ours}: a step of ${model} ${batch} over its forward pass`,
      `≤ ${most}×`,
      ratio === undefined ? "–" : `${ratio.toFixed(2)}×`,
      verdict,
    ];
  });
  return table(["target", "must be", "measured", ""], [...ratios, ...steps]);
};

const [begin, end] = ["<!-- written by npm run bench -- --write -->", "<!-- end of what the bench writes -->"];

/** The page's text with this between its marks, or undefined where it has none. */
export const withMeasurements = (page, text) => {
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  return start < 0 || stop < start ? undefined : `${page.slice(0, start)}${begin}\n\n${text}\n\n${page.slice(stop)}`;
};

export const writePage = (file, text) => {
  const page = withMeasurements(readFileSync(file, "utf8"), text);
  if (page === undefined) throw new Error(`${file} has no place for measurements: put in ${begin} and ${end}`);
  writeWhole(file, page);
};

/** Beside first, then renamed: never half a file. */
export const writeWhole = (file, text) => {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
};

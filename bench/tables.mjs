/** Measurements as Markdown: times and ratios, and what the targets say. */
import { targetRows } from "./targets.mjs";

const table = (header, rows) =>
  [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const number = (value) => (value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : value.toFixed(0));

const sameCase = (a, b) => a.mode === b.mode && a.model === b.model && a.batch === b.batch;

/** Every row, with svertka's ratio to each peer of its case: above 1 svertka is faster. */
export const measuredTable = (measured) =>
  table(
    ["mode", "model", "batch", "system", "ms", "p95", "CPU ms", "first run ms", "set-up ms", "peak MB", "against"],
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
        number(row.cpu),
        number(row.firstRun),
        number(row.setUp),
        row.peakMegabytes.toFixed(0),
        ratios.join(", "),
      ];
    }),
  );

/**
 * Each target with what was measured. `reasons` says why one is missed, by its title: written by hand (bench/reasons.json), shown only
 * where it is missed.
 */
export const targetTable = ({ measured, cost, browser }, reasons) =>
  table(
    ["target", "must be", "measured", "verdict", "why"],
    targetRows({ measured, cost, browser }).map(({ title, bound, shown, missed }) => [
      title,
      bound,
      shown || "–",
      shown === "" ? "not measured" : missed.length === 0 ? "met" : `**missed** ${missed.join(", ")}`,
      missed.length === 0 ? "" : (reasons[title] ?? "not looked into"),
    ]),
  );

/** What a run was made with, as a sentence. */
export const aboutText = ({ date, cpu, cores, gigabytes, versions, load, rounds, seconds, minutes }) => {
  const named = Object.entries(versions).flatMap(([name, version]) =>
    version === undefined ? [] : [`${name} ${version}`],
  );
  const during = `load average ${load.begin[0]} at the beginning, ${load.end[0]} at the end`;
  return (
    `${date}, ${cpu}, ${cores} cores, ${gigabytes} GB, ${during}; ${named.join(", ")}. ` +
    `${rounds} rounds of ${seconds} s in ${minutes} minutes, a process each, in turn; medians over the rounds.`
  );
};

/** The loads of a machine that does other work: what is measured there is labelled. */
export const loadWarning = ({ load, cores }) =>
  Math.max(load.begin[0], load.end[0]) > cores + 1
    ? "**The machine did other work meanwhile: of these figures only large differences mean something, and the targets below are judged by processor time.**"
    : "";

/** Processor time stands for wall-clock time where the machine did other work. */
export const judged = (results) =>
  loadWarning(results) === ""
    ? results.measured
    : results.measured.map((row) => ({ ...row, milliseconds: row.cpu ?? row.milliseconds }));

const costLine = ({ callShare, compile, batches, layers }) => {
  const each = (sizes, text) =>
    Object.entries(sizes).map(([size, time]) => `${Number(size).toLocaleString("en")}: ${text(time)}`);
  return [
    `Beside the kernels, on wasm, in processor time: a call of A3 at batch 1 ${(100 * callShare).toFixed(1)} %; ResNet-50 from expression to program ${compile.toFixed(0)} ms.`,
    `Microseconds an image by size of the batch, A3's layers with 8 filters: ${each(batches, (time) => time.toFixed(1)).join(", ")}.`,
    `Milliseconds to compile a chain of convolutions with batch norm and relu, by their number: ${each(layers, (time) => time.toFixed(0)).join(", ")}.`,
  ].join("\n");
};

/** The part of the page that `npm run bench` writes. */
export const resultsText = (results) =>
  [
    aboutText(results),
    loadWarning(results),
    ...Object.entries(results.absent).map(([name, problem]) => `Absent: ${name} (${problem}).`),
    measuredTable(results.measured),
    results.cost === undefined ? "" : costLine(results.cost),
  ]
    .filter((part) => part !== "")
    .join("\n\n");

const kilobytes = (bytes) => (bytes / 1000).toFixed(0);

/** The part that bench/browser.mjs writes; pairs are svertka / tfjs-layers. */
export const browserText = ({ date, cpu, cores, load, gpu, rounds, measured, left }) =>
  [
    `${date}, headless Chromium, ${gpu}, ${cpu}, ${cores} cores, load average ${load.begin[0]} to ${load.end[0]}; ${rounds} rounds.`,
    table(
      [
        "backend",
        "model",
        "batch",
        "svertka ms",
        "tfjs-layers ms",
        "against",
        "first run",
        "draws",
        "kB sent",
        "kB read",
      ],
      measured.map(({ backend, model, batch, ours, theirs }) => [
        backend,
        model,
        batch,
        ours.milliseconds.toFixed(1),
        theirs.milliseconds.toFixed(1),
        `${(theirs.milliseconds / ours.milliseconds).toFixed(2)}×`,
        `${ours.first.toFixed(0)} / ${theirs.first.toFixed(0)}`,
        `${ours.draws} / ${theirs.draws}`,
        `${kilobytes(ours.bytesSent)} / ${kilobytes(theirs.bytesSent)}`,
        `${kilobytes(ours.bytesRead)} / ${kilobytes(theirs.bytesRead)}`,
      ]),
    ),
    ...(left.length === 0 ? [] : [`Not run: ${left.join(", ")}.`]),
  ].join("\n\n");

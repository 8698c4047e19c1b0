/**
 * `npm run bench`: svertka beside its peers, by ratio. The systems run in turn (A B C A B C …), each time in a process of their own,
 * warm-up discarded; what is told are medians over the rounds. Machines differ and are shared: only ratios within one run count.
 *
 *   npm run bench -- --rounds 5 --seconds 1 --minutes 25 --models a3,resnet20 --modes infer --systems svertka-wasm,layers-wasm --write
 *
 * Peers are installed at the first run (npm's into bench/peers, Keras into a virtual environment); one that is absent is said to be
 * absent, with the reason. `--write` puts the figures into bench/results.json and docs/performance.md. Progress goes to stderr.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exportedModels, installNodePeers, pythonWithKeras } from "./install.mjs";
import { cases, systems } from "./systems.mjs";
import { measuredTable, targetTable, writePage, writeWhole } from "./tables.mjs";

const here = import.meta.dirname;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    // After these no new round of a case begins, but for its first.
    minutes: { type: "string", default: "25" },
    models: { type: "string" },
    modes: { type: "string" },
    systems: { type: "string" },
    batches: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const note = (text) => process.stderr.write(`${text}\n`);
const refuse = (text) => {
  note(`bench: ${text}`);
  process.exit(2);
};

/** Names after a flag, each of which must be known. */
const among = (flag, all) => {
  const given = flags[flag]?.split(",") ?? all.map(String);
  const unknown = given.find((name) => !all.map(String).includes(name));
  if (unknown !== undefined) refuse(`--${flag}: no "${unknown}": give some of ${all.join(", ")}`);
  return given;
};
const positive = (flag) => {
  const value = Number(flags[flag]);
  if (!(value > 0)) refuse(`--${flag}: "${flags[flag]}" is not above 0: give a number`);
  return value;
};

const wanted = {
  models: among("models", [...new Set(cases.map(([model]) => model))]),
  batches: among("batches", [...new Set(cases.map(([, batch]) => batch))]),
  modes: among("modes", ["infer", "train"]),
  systems: among("systems", Object.keys(systems)),
};
const [rounds, seconds, minutes] = ["rounds", "seconds", "minutes"].map(positive);
const chosen = cases.filter(
  ([model, batch, mode]) =>
    wanted.models.includes(model) && wanted.batches.includes(String(batch)) && wanted.modes.includes(mode),
);
if (chosen.length === 0) refuse("no case has that model, batch and mode together: see bench/systems.mjs");

/** Systems that do not run, by name, and why. */
const absent = new Map();
const leaveOut = (name, problem) => {
  absent.set(name, problem);
  note(`  ${name}: absent (${problem})`);
};

installNodePeers(note);
const needing = (need) => wanted.systems.filter((name) => systems[name].needs === need);
const isNeeded = needing("python").length + needing("exported").length > 0;
const { python, problem: noPython } = isNeeded ? pythonWithKeras(note) : {};
const { folder: exported, problem: noExport } =
  needing("exported").length > 0 ? exportedModels([...new Set(chosen.map(([model]) => model))], python, note) : {};
if (python === undefined) for (const name of needing("python")) leaveOut(name, noPython);
if (exported === undefined) for (const name of needing("exported")) leaveOut(name, noExport);

/** One process of one system; undefined, with the reason said, when it does not run. */
const once = (name, [model, batch, mode]) => {
  const { program, backend } = systems[name];
  const job = JSON.stringify({ backend, model, batch, mode, seconds, exported });
  const file = join(here, program);
  const [command, args] = program.endsWith(".py") ? [python, [file, "run", job]] : [process.execPath, [file, job]];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (status === 0 && last.startsWith("{")) return JSON.parse(last);
  const reason = stderr.split("\n").find((line) => /error|cannot|not found/i.test(line)) ?? `exit ${status}`;
  leaveOut(name, reason.trim().slice(0, 160));
  return undefined;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const begun = Date.now();
const isLate = () => Date.now() - begun > 60_000 * minutes;
const measured = [];
let shortened = 0;
for (const [place, one] of chosen.entries()) {
  const [model, batch, mode] = one;
  const minutesSoFar = ((Date.now() - begun) / 60_000).toFixed(1);
  note(`${place + 1} of ${chosen.length}: ${mode} ${model}, batch ${batch} (${minutesSoFar} min so far)`);
  const names = wanted.systems.filter((name) => systems[name].modes.includes(mode) && !absent.has(name));
  const results = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && isLate()) {
      shortened++;
      note(`  more than ${minutes} minutes: ${round} of ${rounds} rounds`);
      break;
    }
    for (const [name, all] of results) {
      if (absent.has(name)) continue;
      const result = once(name, one);
      if (result !== undefined) all.push(result);
    }
  }
  for (const [system, all] of results) {
    if (all.length === 0) continue;
    const of = (field) => median(all.map((result) => result[field]));
    const times = { milliseconds: of("median"), p95: of("p95"), firstRun: of("first"), setUp: of("setUp") };
    measured.push({ mode, model, batch, system, rounds: all.length, ...times, peakMegabytes: of("peakMegabytes") });
  }
}

/** Versions of what ran, as installed. */
const versionOf = (folder, name) => {
  try {
    return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
};
const peers = join(here, "peers");
const about = {
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg().map((load) => Number(load.toFixed(1))),
  rounds,
  seconds,
  versions: {
    node: process.version,
    "tfjs-layers": versionOf(peers, "@tensorflow/tfjs-layers"),
    "tfjs-node": versionOf(peers, "@tensorflow/tfjs-node"),
    "onnxruntime-web": versionOf(peers, "onnxruntime-web"),
    "onnxruntime-node": versionOf(join(here, ".."), "onnxruntime-node"),
    ...(python === undefined
      ? {}
      : JSON.parse(
          spawnSync(python, [join(peers, "keras_peer.py"), "version"], { encoding: "utf8" })
            .stdout.trim()
            .split("\n")
            .at(-1) || "{}",
        )),
  },
  absent: Object.fromEntries(absent),
};

const versions = Object.entries(about.versions).flatMap(([name, version]) =>
  version === undefined ? [] : [`${name} ${version.replace(/^v/, "")}`],
);
const text = [
  `${about.date}, ${about.cpu}, ${about.cores} cores, load ${about.load.join(", ")}; ${versions.join(", ")}. ${rounds} rounds of ${seconds} s${shortened > 0 ? `, fewer in ${shortened} cases` : ""}, a process each, in turn; medians.`,
  ...[...absent].map(([name, problem]) => `Absent: ${name} (${problem}).`),
  "### Targets",
  targetTable(measured),
  "### All systems",
  measuredTable(measured),
].join("\n\n");
console.log(text);
if (flags.write) {
  writeWhole(join(here, "results.json"), `${JSON.stringify({ ...about, measured }, undefined, 2)}\n`);
  writePage(join(here, "..", "docs", "performance.md"), text);
  note("written: bench/results.json, docs/performance.md");
}

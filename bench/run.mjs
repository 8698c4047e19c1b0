/**
 * `npm run bench`: svertka beside its peers, by ratio. The systems run in turn (A B C A B C …), each time in a process of their own,
 * warm-up discarded; what is told are medians over the rounds. Machines differ and are shared: only ratios within one run count.
 *
 *   npm run bench -- --rounds 5 --seconds 0.7 --minutes 18 --models a3,resnet20 --modes infer --systems svertka-wasm,layers-wasm --write
 *
 * A round goes through all cases, so that all have as many. After `--minutes` no new job begins, but for the first round's. Peers are
 * installed at the first run (npm's into bench/peers, Keras into a virtual environment); one that is absent is said to be absent, with the
 * reason. `--write` puts the figures into bench/results.json and docs/performance.md. Progress goes to stderr. Ctrl-C prints what there is
 * and writes nothing.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { about, load } from "./about.mjs";
import { exportedModels, installNodePeers, pythonWithKeras } from "./install.mjs";
import { lastMeasured, readReasons, writeFigures } from "./page.mjs";
import { runJob } from "./run-job.mjs";
import { cases, systems } from "./systems.mjs";
import { judged, resultsText, targetTable } from "./tables.mjs";

const here = import.meta.dirname;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "0.7" },
    minutes: { type: "string", default: "18" },
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
const isWhole = ["models", "modes", "systems", "batches"].every((flag) => flags[flag] === undefined);

/** What does not run, by the name of the system or of the case, and why. */
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

const begun = Date.now();
const minutesSoFar = () => Math.round((Date.now() - begun) / 6000) / 10;
let interrupted = false;
let running;
process.on("SIGINT", () => {
  interrupted = true;
  running?.end();
});

/** One process of a program; the result, or the problem. */
const start = async (program, job) => {
  const file = join(here, program);
  const [command, args] = program.endsWith(".py") ? [python, [file, "run", job]] : [process.execPath, [file, job]];
  running = runJob(command, args);
  const outcome = await running.outcome;
  running = undefined;
  return outcome;
};

/** Every job of a round: a system on a case. */
const jobs = chosen.flatMap(([model, batch, mode]) =>
  wanted.systems
    .filter((system) => systems[system].modes.includes(mode) && !absent.has(system))
    .map((system) => ({ system, model, batch, mode, title: `${mode} ${model}/${batch} on ${system}`, results: [] })),
);

const oneRound = async (round) => {
  for (const [place, { system, title, results, ...one }] of jobs.entries()) {
    if (interrupted || (round > 0 && minutesSoFar() > minutes)) return false;
    if (absent.has(title)) continue;
    if (place % 15 === 0)
      note(`round ${round + 1} of ${rounds}: ${place} of ${jobs.length} jobs, ${minutesSoFar()} min`);
    const { program, backend } = systems[system];
    const { result, problem } = await start(program, JSON.stringify({ ...one, backend, seconds, exported }));
    if (result !== undefined) results.push(result);
    else if (!interrupted) leaveOut(title, problem);
  }
  return true;
};

const loadAtBegin = load();
const withCosts = wanted.systems.includes("svertka-wasm") && isWhole;
const cost = withCosts ? (await start("costs.mjs", "{}")).result : undefined;
let done = 0;
while (done < rounds && (await oneRound(done))) done++;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const measured = jobs
  .filter(({ results }) => results.length > 0)
  .map(({ mode, model, batch, system, results }) => {
    const of = (field) => median(results.map((result) => result[field]));
    const times = {
      milliseconds: of("median"),
      p95: of("p95"),
      cpu: of("cpu"),
      firstRun: of("first"),
      setUp: of("setUp"),
    };
    const least = Math.min(...results.map((result) => result.least));
    return { mode, model, batch, system, rounds: results.length, ...times, least, peakMegabytes: of("peakMegabytes") };
  });

const results = {
  ...about(python),
  load: { begin: loadAtBegin, end: load() },
  rounds: done,
  seconds,
  minutes: minutesSoFar(),
  absent: Object.fromEntries(absent),
  ...(cost === undefined ? {} : { cost }),
  measured,
};
const { browser } = lastMeasured();
console.log(
  [resultsText(results), targetTable({ measured: judged(results), cost, browser }, readReasons())].join("\n\n"),
);
if (interrupted) {
  note("interrupted: nothing is written");
  process.exit(130);
}
if (flags.write) {
  writeFigures({ results });
  note("written: bench/results.json, docs/performance.md");
}

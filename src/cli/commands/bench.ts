/** `svertka bench`: how fast a model is on this machine, on one backend or on several in turn. */
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { SvertkaFailure, fail, mistake, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { profileOf } from "../bench/profile.js";
import { profileTable, timesTable, type Absent, type Measured } from "../bench/report.js";
import { prediction, trainingStep } from "../bench/subject.js";
import { timesOf } from "../bench/times.js";
import { chooseBackend, knownBackends } from "../choose-backend.js";
import type { Call, Run } from "../command.js";
import { listFlag, numberFlag, switchFlag, textFlag, wholeFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import type { LoadedModel } from "../loaded-model.js";
import type { Terminal } from "../terminal.js";

interface Request {
  readonly model: LoadedModel;
  readonly batch: number;
  readonly seconds: number;
  readonly training: boolean;
  readonly profiled: boolean;
}

const defaultSeconds = 2;
/** Of several backends in processes of their own: A B C A B C, medians of each. */
const rounds = 3;

const requestOf = async ({ argument, flags }: Call): Promise<Request> => {
  const batch = orThrow(wholeFlag(flags, "batchSize", 1)) ?? 1;
  const seconds = orThrow(numberFlag(flags, "seconds")) ?? defaultSeconds;
  if (!(seconds > 0 && seconds <= 3600))
    throw new SvertkaFailure(mistake("BadOption", "--seconds", `${seconds} is not between 0 and 3600: give seconds`));
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const open = model.graphs.inputs.find(({ shape }) => shape.includes(null));
  if (open !== undefined)
    throw new SvertkaFailure(
      mistake(
        "BadOption",
        open.name,
        "bench: the input has unknown axes, and times depend on them: give --input-shape",
      ),
    );
  const training = switchFlag(flags, "train");
  if (training && model.task === undefined)
    throw new SvertkaFailure(
      mistake("BadOption", "--train", "a model has no loss and no optimiser: give a task's module"),
    );
  if (training && switchFlag(flags, "profile"))
    throw new SvertkaFailure(
      mistake("BadOption", "--profile", "it shows the layers of a prediction: leave out --train"),
    );
  return { model, batch, seconds, training, profiled: switchFlag(flags, "profile") };
};

/** Names that there are, each once, and none that cannot do what is asked. */
const backendNames = (given: readonly string[], training: boolean): Either<SvertkaError, readonly string[]> => {
  const names = given.length === 0 ? ["auto"] : [...new Set(given)];
  const known = ["auto", ...knownBackends.map(({ name }) => name)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return fail(
      "BadOption",
      "--backend",
      `${JSON.stringify(unknown.slice(0, 40))} is no backend: give some of ${known.join(", ")}`,
    );
  const idle = knownBackends.find(({ name, infersOnly }) => training && infersOnly === true && names.includes(name));
  return idle === undefined
    ? E.right(names)
    : fail("Unsupported", "--backend", `${idle.name} infers and does not train: time the step on another such as wasm`);
};

/** In this process. */
const measure = async (name: string, request: Request, terminal: Terminal): Promise<Measured> => {
  const { model, batch, seconds, training, profiled } = request;
  const start = performance.now();
  const backend = await chooseBackend(name, terminal, training ? "training" : "inference");
  const subject = await (training && model.task !== undefined
    ? trainingStep(model.task, backend, batch)
    : prediction(model, backend, batch));
  const times = await timesOf(subject.once, { seconds, start });
  subject.dispose();
  const profile = profiled ? orThrow(await profileOf(model, backend, batch)) : undefined;
  return {
    backend: backend.name,
    mode: training ? "training" : "inference",
    batch,
    ...times,
    throughput: (1000 * batch) / times.median,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    ...(profile === undefined ? {} : { profile }),
  };
};

const program = fileURLToPath(new URL("../main.js", import.meta.url));

const isMeasured = (value: unknown): value is readonly Measured[] =>
  Array.isArray(value) && value.every((one: unknown) => typeof one === "object" && one !== null && "median" in one);

/** In a process of its own: its memory is its own, and backends that exclude each other can both run. */
const measureApart = (name: string, { argument, flags }: Call, seconds: number): Measured | Absent => {
  const passed = [
    ...(textFlag(flags, "batchSize") === undefined ? [] : ["--batch-size", textFlag(flags, "batchSize") ?? ""]),
    ...listFlag(flags, "inputShape").flatMap((shape) => ["--input-shape", shape]),
    ...["train", "profile"].flatMap((flag) => (switchFlag(flags, flag) ? [`--${flag}`] : [])),
  ];
  const args = [program, "bench", argument, "--backend", name, "--seconds", String(seconds), "--json", "--quiet"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...passed], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const found: unknown = status === 0 ? JSON.parse(stdout) : undefined;
  const [one] = isMeasured(found) ? found : [];
  return (
    one ?? {
      backend: name,
      problem:
        stderr
          .trim()
          .split("\n")
          .at(-1)
          ?.replace(/^error: /, "") ?? `exit ${status}`,
    }
  );
};

/** A backend's rounds as one: medians, and the worst of what is told as a worst. */
const together = (all: readonly Measured[]): readonly Measured[] => {
  const [first] = all;
  if (first === undefined) return [];
  const median = (of: (one: Measured) => number): number =>
    all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
  const middle = median((one) => one.median);
  return [
    {
      ...first,
      median: middle,
      p95: median(({ p95 }) => p95),
      first: median((one) => one.first),
      setUp: median(({ setUp }) => setUp),
      runs: all.reduce((sum, { runs }) => sum + runs, 0),
      throughput: (1000 * first.batch) / middle,
      peakMegabytes: Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)),
    },
  ];
};

const measureInTurn = (names: readonly string[], call: Call, seconds: number): readonly (Measured | Absent)[] => {
  const found = new Map<string, (Measured | Absent)[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, all] of found) {
      if (all.some((one) => "problem" in one)) continue;
      call.terminal.note(`round ${round + 1} of ${rounds}: ${name}`);
      all.push(measureApart(name, call, seconds / rounds));
    }
  return [...found.values()].flatMap((all): readonly (Measured | Absent)[] => {
    const absent = all.find((one) => "problem" in one);
    return absent === undefined ? together(all.filter((one) => "median" in one)) : [absent];
  });
};

export const bench: Run = async (call) => {
  const { flags, terminal } = call;
  const names = orThrow(backendNames(listFlag(flags, "backend"), switchFlag(flags, "train")));
  const request = await requestOf(call);
  const isApart = names.length > 1 && existsSync(program);
  const rows: (Measured | Absent)[] = isApart ? [...measureInTurn(names, call, request.seconds)] : [];
  if (!isApart) for (const name of names) rows.push(await measure(name, request, terminal));
  const measured = rows.filter((row) => "median" in row);
  const absent = rows.filter((row) => "problem" in row);
  if (measured.length === 0 && absent[0] !== undefined)
    throw new SvertkaFailure(mistake("BackendMissing", "--backend", absent.map(({ problem }) => problem).join("; ")));
  if (switchFlag(flags, "json")) return terminal.result(JSON.stringify(rows, undefined, 2));
  terminal.result(`${request.training ? "training step" : "inference"}, batch of ${request.batch}`);
  terminal.result(timesTable(measured));
  for (const { backend, problem } of absent) terminal.result(`${backend}: absent: ${problem}`);
  for (const { backend, profile } of measured)
    if (profile !== undefined) terminal.result(`\nlayers on ${backend}:\n${profileTable(profile)}`);
};

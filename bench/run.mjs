/**
 * `npm run bench`: svertka beside its peers, by ratio. The systems run in turn (A B C A B C …), each time in a process of their own,
 * warm-up discarded; what is told are medians over the rounds. Machines differ and are shared: only ratios within one run count.
 *
 *   npm run bench -- --rounds 5 --seconds 2 --models a3,resnet20 --modes infer --batches 1,64 --systems svertka-wasm,layers-wasm --write
 *
 * Peers are installed into bench/peers at the first run (`npm ci` there); one that is absent is said to be absent.
 */
import { spawnSync } from "node:child_process";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const here = import.meta.dirname;

/** What each system runs, and which modes it has. */
const systems = {
  "svertka-wasm": { program: "svertka.mjs", backend: "wasm", modes: ["infer", "train"] },
  "layers-wasm": { program: "peers/tfjs-layers.mjs", backend: "wasm", modes: ["infer"] },
  "ort-web": { program: "peers/ort-web.mjs", backend: "wasm", modes: ["infer"] },
  "svertka-node": { program: "svertka.mjs", backend: "node", modes: ["infer", "train"] },
  "layers-node": { program: "peers/tfjs-layers.mjs", backend: "node", modes: ["infer", "train"] },
  "svertka-ort": { program: "svertka.mjs", backend: "ort", modes: ["infer"] },
};

/** The protocol's cases: model, batch, mode. */
const cases = [
  ["a3", 1, "infer"],
  ["a3", 64, "infer"],
  ["a5", 1, "infer"],
  ["a7", 64, "infer"],
  ["resnet20", 32, "infer"],
  ["mobilenetv2", 1, "infer"],
  ["resnet50", 1, "infer"],
  ["a3", 64, "train"],
  ["a7", 64, "train"],
  ["resnet20", 32, "train"],
];

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    models: { type: "string" },
    modes: { type: "string" },
    systems: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const among = (text, all) => (text === undefined ? all : text.split(","));
const wanted = {
  models: among(flags.models, [...new Set(cases.map(([model]) => model))]),
  modes: among(flags.modes, ["infer", "train"]),
  systems: among(flags.systems, Object.keys(systems)),
};

const note = (text) => process.stderr.write(`${text}\n`);

/** One process of one system; undefined, with the reason said, when it does not run. */
const once = (name, [model, batch, mode]) => {
  const { program, backend } = systems[name];
  const job = JSON.stringify({ backend, model, batch, mode, seconds: Number(flags.seconds) });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, program), job], { encoding: "utf8" });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (status === 0 && last.startsWith("{")) return JSON.parse(last);
  const reason = stderr.split("\n").find((line) => /error|cannot|not found/i.test(line)) ?? `exit ${status}`;
  note(`  ${name}: absent (${reason.trim().slice(0, 160)})`);
  return undefined;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const measured = [];
const absent = new Set();
if (!existsSync(join(here, "peers", "node_modules"))) {
  note("installing the peers into bench/peers …");
  spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: join(here, "peers"),
    stdio: "inherit",
  });
  // tfjs-node's install script has not run; the addon is built as the node backend's own is.
  const peer = join(here, "peers", "node_modules", "@tensorflow", "tfjs-node");
  spawnSync(process.execPath, [join(here, "..", "scripts", "build-tensorflow-addon.mjs"), peer], { stdio: "inherit" });
}
for (const one of cases.filter(([model, , mode]) => wanted.models.includes(model) && wanted.modes.includes(mode))) {
  const [model, batch, mode] = one;
  note(`${mode} ${model}, batch ${batch}`);
  const names = wanted.systems.filter((name) => systems[name]?.modes.includes(mode) && !absent.has(name));
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const name of names) {
      if (absent.has(name)) continue;
      const result = once(name, one);
      if (result === undefined) absent.add(name);
      else rounds[name].push(result);
    }
  for (const [system, results] of Object.entries(rounds)) {
    if (results.length === 0) continue;
    const of = (field) => median(results.map((result) => result[field]));
    measured.push({
      mode,
      model,
      batch,
      system,
      milliseconds: of("median"),
      p95: of("p95"),
      firstRun: of("first"),
      setUp: of("setUp"),
      peakMegabytes: of("peakMegabytes"),
    });
  }
}

/** The system of ours that a peer is compared with: on the same backend. */
const rows = measured.map((row) => {
  const others = measured.filter(
    ({ mode, model, batch, system }) =>
      mode === row.mode && model === row.model && batch === row.batch && system !== row.system,
  );
  const ratios = row.system.startsWith("svertka-")
    ? others.map(({ system, milliseconds }) => `${(milliseconds / row.milliseconds).toFixed(2)}× ${system}`)
    : [];
  return [
    row.mode,
    row.model,
    String(row.batch),
    row.system,
    row.milliseconds.toFixed(2),
    row.p95.toFixed(2),
    row.firstRun.toFixed(0),
    row.setUp.toFixed(0),
    row.peakMegabytes.toFixed(0),
    ratios.join(", "),
  ];
});
const header = ["mode", "model", "batch", "system", "ms", "p95", "first ms", "set-up ms", "peak MB", "as fast as"];
const markdown = [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
console.log(markdown);

if (flags.write) {
  const file = join(here, "results.json");
  const about = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
  writeFileSync(
    `${file}.part`,
    `${JSON.stringify({ ...about, rounds: Number(flags.rounds), measured }, undefined, 2)}\n`,
  );
  renameSync(`${file}.part`, file);
}

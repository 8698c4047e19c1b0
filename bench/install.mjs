/** Brings the peers: npm's into bench/peers, Keras into a virtual environment, and what Keras exports; each may be absent, with a reason. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const root = join(here, "..");
const peers = join(here, "peers");

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: "utf8", ...options });

/** npm's peers: `npm ci` there at the first run. */
export const installNodePeers = (note) => {
  if (existsSync(join(peers, "node_modules"))) return;
  note("installing the peers into bench/peers …");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: peers, stdio: "inherit" });
  // tfjs-node's install script has not run; the addon is built as the node backend's own is.
  const addon = join(peers, "node_modules", "@tensorflow", "tfjs-node");
  run(process.execPath, [join(root, "scripts", "build-tensorflow-addon.mjs"), addon], { stdio: "inherit" });
};

const keras = "import keras, tensorflow, tf2onnx";

/** A Python that has Keras: BENCH_PYTHON, the project's or the bench's own environment, made when python3 is there. */
export const pythonWithKeras = (note) => {
  const own = join(root, ".cache", "bench-python");
  const candidates = [process.env.BENCH_PYTHON, join(root, ".venv", "bin", "python"), join(own, "bin", "python")];
  const env = { ...process.env, KERAS_BACKEND: "tensorflow", TF_CPP_MIN_LOG_LEVEL: "3" };
  const works = (python) => existsSync(python) && run(python, ["-c", keras], { env }).status === 0;
  const found = candidates.filter((python) => python !== undefined).find(works);
  if (found !== undefined) return { python: found };
  if (run("python3", ["--version"]).status !== 0) return { problem: "no python3 on this machine" };
  note("making a virtual environment with Keras in .cache/bench-python …");
  const made = run("python3", ["-m", "venv", own]);
  if (made.status !== 0) return { problem: `python3 -m venv: ${lastLine(made)}` };
  const python = join(own, "bin", "python");
  const installed = run(python, ["-m", "pip", "install", "-q", "-r", join(peers, "requirements.txt")]);
  if (installed.status !== 0) return { problem: `pip install: ${lastLine(installed)}` };
  return works(python) ? { python } : { problem: `${keras} fails in .cache/bench-python` };
};

const lastLine = ({ stderr, stdout, error }) =>
  (stderr || stdout || String(error ?? "failed")).trim().split("\n").at(-1).slice(0, 160);

/** The folder of the models that Keras exported, made once for each. */
export const exportedModels = (models, python, note) => {
  const folder = join(root, ".cache", "bench-models");
  const missing = models.filter(
    (model) => !existsSync(join(folder, `${model}.onnx`)) || !existsSync(join(folder, model, "saved_model.pb")),
  );
  if (missing.length === 0) return { folder };
  if (python === undefined) return { problem: "no Keras to export the models" };
  note(`Keras exports ${missing.join(", ")} …`);
  const made = run("mkdir", ["-p", folder]);
  const exported = made.status === 0 ? run(python, [join(peers, "keras_peer.py"), "export", folder, ...missing]) : made;
  return exported.status === 0 ? { folder } : { problem: `Keras's export: ${lastLine(exported)}` };
};

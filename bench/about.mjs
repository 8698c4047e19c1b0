/** What a run was made with: machine, date, load, versions of what ran. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;

const versionOf = (folder, name) => {
  try {
    return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
};

/** Of Keras and TensorFlow, where there is a Python that has them. */
const pythonVersions = (python) => {
  if (python === undefined) return {};
  const { stdout } = spawnSync(python, [join(here, "peers", "keras_peer.py"), "version"], { encoding: "utf8" });
  const last = stdout?.trim().split("\n").at(-1) ?? "";
  return last.startsWith("{") ? JSON.parse(last) : {};
};

export const load = () => loadavg().map((average) => Number(average.toFixed(1)));

export const about = (python) => {
  const peers = join(here, "peers");
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    versions: {
      node: process.versions.node,
      "tfjs-layers": versionOf(peers, "@tensorflow/tfjs-layers"),
      "tfjs-node": versionOf(peers, "@tensorflow/tfjs-node"),
      "onnxruntime-web": versionOf(peers, "onnxruntime-web"),
      "onnxruntime-node": versionOf(join(here, ".."), "onnxruntime-node"),
      ...pythonVersions(python),
    },
  };
};

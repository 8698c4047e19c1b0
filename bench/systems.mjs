/** Who is compared, on what, and what must come out: the protocol as tables. */

/** What each system runs, which modes it has, and what it needs beside Node. */
export const systems = {
  "svertka-wasm": { program: "svertka.mjs", backend: "wasm", modes: ["infer", "train"] },
  "layers-wasm": { program: "peers/tfjs-layers.mjs", backend: "wasm", modes: ["infer"] },
  "ort-web": { program: "peers/ort-web.mjs", backend: "wasm", modes: ["infer"] },
  "svertka-node": { program: "svertka.mjs", backend: "node", modes: ["infer", "train"] },
  "layers-node": { program: "peers/tfjs-layers.mjs", backend: "node", modes: ["infer", "train"] },
  "savedmodel-node": { program: "peers/savedmodel-node.mjs", backend: "node", modes: ["infer"], needs: "exported" },
  "svertka-ort": { program: "svertka.mjs", backend: "ort", modes: ["infer"] },
  "ort-node": { program: "peers/ort-node.mjs", backend: "ort", modes: ["infer"], needs: "exported" },
  keras: { program: "peers/keras_peer.py", backend: "tensorflow", modes: ["infer", "train"], needs: "python" },
};

/** Model, batch, mode. */
export const cases = [
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

const every = ["a3", "a5", "a7", "resnet20", "mobilenetv2", "resnet50"];

/** Ratios that must be reached: the peer's time over svertka's, in each case of these models. */
export const targets = [
  { mode: "infer", ours: "svertka-wasm", peer: "layers-wasm", models: ["a3"], batch: 1, least: 1.6 },
  { mode: "infer", ours: "svertka-wasm", peer: "layers-wasm", models: ["mobilenetv2"], least: 2.2 },
  { mode: "infer", ours: "svertka-wasm", peer: "layers-wasm", models: ["resnet20", "resnet50"], least: 1.2 },
  { mode: "infer", ours: "svertka-wasm", peer: "layers-wasm", models: every, least: 1 },
  { mode: "infer", ours: "svertka-wasm", peer: "ort-web", models: ["mobilenetv2"], least: 1.3 },
  { mode: "infer", ours: "svertka-wasm", peer: "ort-web", models: every, least: 1 },
  { mode: "infer", ours: "svertka-node", peer: "layers-node", models: ["mobilenetv2"], least: 3.5 },
  { mode: "infer", ours: "svertka-node", peer: "layers-node", models: ["a3", "resnet20", "resnet50"], least: 2 },
  { mode: "infer", ours: "svertka-node", peer: "savedmodel-node", models: every, least: 1 },
  { mode: "train", ours: "svertka-node", peer: "layers-node", models: ["a3", "a7", "resnet20"], least: 3 },
  { mode: "train", ours: "svertka-node", peer: "keras", models: ["a3", "a7", "resnet20"], least: 1.1 },
  { mode: "infer", ours: "svertka-ort", peer: "ort-node", models: every, least: 1 },
];

/** A training step on wasm may take this many times its own forward pass. */
export const stepTargets = [
  { ours: "svertka-wasm", model: "a3", batch: 64, most: 3.5 },
  { ours: "svertka-wasm", model: "a7", batch: 64, most: 3.5 },
];

/** Who is compared, and on what: the protocol as tables. */

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

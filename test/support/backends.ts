/** The backends under test: all embedded ones, or those that BACKEND names. */
import { node } from "../../src/backends/node/index.js";
import { ort } from "../../src/backends/ort/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm, wasmThreads } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import type { Backend } from "../../src/backends/backend.js";
import { defaultPasses, requiredPasses } from "../../src/compiler/pipeline.js";
import type { Pass } from "../../src/compiler/passes/pass.js";

/** They infer and do not train: tests of training are not for them. */
const inferring: Readonly<Record<string, Backend>> = { ort };

const embedded: Readonly<Record<string, Backend>> = { reference, wasm, cpu, ...inferring };

/** Loaded when it is asked for: only the run of vitest.browser.config.ts needs the packages for browsers. */
const inChromium = (name: "webgl" | "webgpu" | "wasm"): Backend => ({
  name,
  description: `${name} in headless Chromium`,
  load: async () => (await import("./browser/remote-backends.js")).remoteBackends[name].load(),
});

/** Those that have a run of their own: GPUs, TensorFlow's addon, threads (a process has one instance of wasm, with threads or without). */
const all: Readonly<Record<string, Backend>> = {
  ...embedded,
  node,
  webgl: inChromium("webgl"),
  webgpu: inChromium("webgpu"),
  // As bundles for browsers have it: just the kernels that programs can call.
  "wasm-page": inChromium("wasm"),
  "wasm-threads": wasmThreads({ threads: 2 }),
};

/** For tests of inference: BACKEND=wasm,cpu picks some. */
export const inferringBackends: readonly Backend[] = (process.env["BACKEND"] ?? Object.keys(embedded).join(","))
  .split(",")
  .map((name) => {
    const backend = all[name];
    if (backend === undefined) throw new Error(`BACKEND names '${name}'; there are ${Object.keys(all).join(", ")}`);
    return backend;
  });

/** For tests of training, and of gradients. */
export const backendsUnderTest: readonly Backend[] = inferringBackends.filter(({ name }) => !(name in inferring));

/** PASSES=none runs everything with legalisation only. */
export const passesUnderTest: readonly Pass[] = process.env["PASSES"] === "none" ? requiredPasses : defaultPasses;

/** The backends under test: all embedded ones, or those that BACKEND names. */
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm, wasmThreads } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import type { Backend } from "../../src/backends/backend.js";
import { defaultPasses, requiredPasses } from "../../src/compiler/pipeline.js";
import type { Pass } from "../../src/compiler/passes/pass.js";

const embedded: Readonly<Record<string, Backend>> = { reference, wasm, cpu };

/** Those that have a run of their own: a process has one instance of wasm, with threads or without. */
const all: Readonly<Record<string, Backend>> = { ...embedded, "wasm-threads": wasmThreads({ threads: 2 }) };

/** BACKEND=wasm,cpu picks some. */
export const backendsUnderTest: readonly Backend[] = (process.env["BACKEND"] ?? Object.keys(embedded).join(","))
  .split(",")
  .map((name) => {
    const backend = all[name];
    if (backend === undefined) throw new Error(`BACKEND names '${name}'; there are ${Object.keys(all).join(", ")}`);
    return backend;
  });

/** PASSES=none runs everything with legalisation only. */
export const passesUnderTest: readonly Pass[] = process.env["PASSES"] === "none" ? requiredPasses : defaultPasses;

/** `npm run test:backends`: the suites that take a backend, on those that `npm test` has not: TensorFlow's addon, and WebAssembly with threads. */
import { defineConfig } from "vitest/config";
import { backendSuites, shared } from "./vitest.config.js";

const project = (name: string): object => ({
  ...shared,
  test: {
    name,
    pool: "forks",
    // Files of a backend share processes: TensorFlow and the sources are loaded once in each.
    isolate: false,
    include: [...backendSuites],
    env: { BACKEND: name },
    // Random nets on node, each a session of its own: minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./scripts/vitest-skips.mjs"],
    projects: [project("node"), project("wasm-threads")],
  },
});

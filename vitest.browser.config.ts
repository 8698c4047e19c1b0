/**
 * `npm run test:browser`: the suites that take a backend, on WebGL, WebGPU and (as a page has it) WebAssembly in headless
 * Chromium, and pages of production builds. GPUs are SwiftShader, a software one: slow, correct; so each layer is compared with Keras in three of its
 * configurations (CASES=3), and in all of them by `npm run long -- gpu-layers`. Needs scripts/install-chromium.sh.
 */
import { defineConfig } from "vitest/config";
import { backendSuites, shared } from "./vitest.config.js";

/** Where Debian's chromium has its software Vulkan driver; a machine with a GPU sets VK_DRIVER_FILES itself. */
const softwareVulkan = "/usr/lib/chromium/vk_swiftshader_icd.json";

const project = (name: string, include: readonly string[], env: Readonly<Record<string, string>>) => ({
  ...shared,
  test: {
    name,
    pool: "forks" as const,
    // Files of a suite share a process, and so a page of Chromium, its bundle and its shaders; pages each start their own.
    isolate: name === "pages",
    include: [...include],
    env: { CASES: process.env["CASES"] ?? "3", ...env },
    globalSetup: ["./test/support/browser/present.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./scripts/vitest-skips.mjs"],
    projects: [
      project("webgl", backendSuites, { BACKEND: "webgl" }),
      project("webgpu", backendSuites, {
        BACKEND: "webgpu",
        VK_DRIVER_FILES: process.env["VK_DRIVER_FILES"] ?? softwareVulkan,
      }),
      // That bundles hold every kernel which programs can call; the rest Node's wasm has shown.
      project("wasm-page", ["test/ops/conformance.test.ts", "test/run/inputs.test.ts"], { BACKEND: "wasm-page" }),
      project("pages", ["test/browser/**/*.browser.ts"], {}),
    ],
  },
});

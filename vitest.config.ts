/** `npm test`: each file in a process of its own, since WebAssembly modules and backends keep state per process. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ViteUserConfig, defineConfig } from "vitest/config";

const manifest: { exports: Record<string, string | { default: string }> } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
);

/** Tests import the entry points as users do (`svertka/train`), and get the source instead of the built file. */
const alias = Object.entries(manifest.exports).flatMap(([door, target]) =>
  typeof target === "string"
    ? []
    : {
        find: new RegExp(`^${door.replace(/^\./, "svertka")}$`),
        replacement: fileURLToPath(
          new URL(target.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts"), import.meta.url),
        ),
      },
);

/** Suites in which every test runs on the backend that BACKEND names: for vitest.{backends,browser}.config.ts. */
export const backendSuites: readonly string[] = [
  "test/ops/conformance.test.ts",
  "test/nets/random-nets.test.ts",
  "test/layers/goldens.test.ts",
  "test/models/goldens.test.ts",
  "test/run/inputs.test.ts",
];

/** What the long tests (vitest.long.config.ts) share with these. */
export const shared: ViteUserConfig = {
  resolve: { alias },
  // Two at a time: by default vitest leaves one of two cores idle.
  test: { pool: "forks", maxWorkers: 2, reporters: ["default", "./scripts/vitest-skips.mjs"] },
};

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});

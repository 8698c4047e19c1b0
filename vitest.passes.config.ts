/**
 * `npm run test:passes`: what `npm test` says of models, layers and training again with other passes: a no-op between every two
 * of them, and none but legalisation. Left out where the passes themselves are what is tested, or what they save.
 */
import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

const folders = ["formula", "layers", "models", "nets", "ops", "run", "train", "dsl", "cli"];
const ofPasses = ["test/nets/{passes,architectures}.test.ts", "test/train/step-ratio.test.ts"];
/** Words of `explain`. */
const explaining = ["test/cli/{look,explain-frozen,explain,bench}.test.ts"];

const project = (name: string, exclude: readonly string[]): object => ({
  ...shared,
  test: {
    ...shared.test,
    name,
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: [...exclude],
    env: { PASSES: name },
    setupFiles: ["./test/support/other-passes.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./scripts/vitest-skips.mjs"],
    projects: [project("noop", [...ofPasses, ...explaining]), project("none", [...ofPasses, ...explaining])],
  },
});

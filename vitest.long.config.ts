/** `npm run long -- NAME`: test/long/NAME.long.ts, which may take hours and so has no part in `npm test`. */
import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

const hours = 3_600_000;

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["test/long/**/*.long.ts"],
    fileParallelism: false,
    testTimeout: 12 * hours,
    hookTimeout: hours,
  },
});

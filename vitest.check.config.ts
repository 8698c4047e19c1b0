/** `npm run check` runs these beside the static checks: tests of the package that take too long for `npm test`. */
import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["test/**/*.check.ts"], testTimeout: 180_000, hookTimeout: 180_000 },
});

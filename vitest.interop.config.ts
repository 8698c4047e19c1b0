/** `npm run test:interop`: files between svertka and other programs, which need a Python with Keras (scripts/install-keras.sh). */
import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["test/interop/**/*.interop.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});

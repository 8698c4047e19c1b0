/** `node scripts/test-summary.mjs RESULTS.json`: vitest's json results as the one line `N passed, N failed, N skipped`. */
import { existsSync, readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
/** A run that ended before it wrote its results counts as one failure. */
const results =
  file !== undefined && existsSync(file) && readFileSync(file, "utf8") !== ""
    ? JSON.parse(readFileSync(file, "utf8"))
    : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };

/** A file that cannot be loaded has no tests to count: it is one failure. */
const broken = results.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
).length;
const failed = results.numFailedTests + broken;
const skipped = results.numPendingTests + results.numTodoTests;

console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);

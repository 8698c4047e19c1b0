/** `node scripts/test-summary.mjs RESULTS.json…`: vitest's json results as the one line `N passed, N failed, N skipped`. */
import { existsSync, readFileSync } from "node:fs";

/** A run that ended before it wrote its results counts as one failure. */
const resultsIn = (file) =>
  existsSync(file) && readFileSync(file, "utf8") !== ""
    ? JSON.parse(readFileSync(file, "utf8"))
    : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };

/** A file that cannot be loaded has no tests to count: it is one failure. */
const brokenIn = ({ testResults }) =>
  testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;

const files = process.argv.slice(2);
const results = (files.length === 0 ? [""] : files).map(resultsIn);
const sum = (count) => results.reduce((total, result) => total + count(result), 0);

const passed = sum((result) => result.numPassedTests);
const failed = sum((result) => result.numFailedTests + brokenIn(result));
const skipped = sum((result) => result.numPendingTests + result.numTodoTests);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

/** Thousands of damaged .onnx files. */
import { test } from "vitest";
import { readsDamagedFiles } from "../io/onnx/damaged.js";

test("damaged files are one sentence each", () => {
  readsDamagedFiles(3000, 8);
});

/** Damaged .onnx files: some hundred here, thousands in test/long/onnx-read.long.ts. */
import { test } from "vitest";
import { readsDamagedFiles } from "./damaged.js";

test("damaged files are one sentence each", () => {
  readsDamagedFiles(400, 20_261_122);
});

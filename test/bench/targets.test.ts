/** What the benchmark says of targets, from figures whose verdicts are known; and that bench/reasons.json speaks of targets that there are. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { targetRows } from "../../bench/targets.mjs";

const row = (system: string, model: string, batch: number, milliseconds: number, mode = "infer") => ({
  system,
  model,
  batch,
  milliseconds,
  mode,
});

const rowsBy = (figures: Parameters<typeof targetRows>[0]) =>
  new Map(targetRows(figures).map(({ title, shown, missed }) => [title, { shown, missed }]));

test("a ratio is the peer's time over svertka's, case by case", () => {
  const rows = rowsBy({
    measured: [
      row("svertka-wasm", "a3", 1, 2),
      row("layers-wasm", "a3", 1, 4),
      row("svertka-wasm", "a5", 1, 10),
      row("layers-wasm", "a5", 1, 9),
    ],
  });
  expect(rows.get("svertka-wasm against layers-wasm: a3 batch 1")).toEqual({ shown: "a3/1 2.00×", missed: [] });
  expect(rows.get("svertka-wasm against layers-wasm: every model")).toEqual({
    shown: "a3/1 2.00×, a5/1 0.90×",
    missed: ["a5/1 by 10 %"],
  });
  // Nothing was measured of the peer: neither met nor missed.
  expect(rows.get("svertka-wasm against ort-web: every model")).toEqual({ shown: "", missed: [] });
});

test("a step is compared with the forward pass of its batch", () => {
  const rows = rowsBy({
    measured: [
      row("svertka-wasm", "a3", 1, 1),
      row("svertka-wasm", "a3", 64, 10),
      row("svertka-wasm", "a3", 64, 42, "train"),
    ],
  });
  expect(rows.get("svertka-wasm: a step of a3/64 over its forward pass")).toEqual({
    shown: "4.20×",
    missed: ["by 20 %"],
  });
});

test("costs have a bound above", () => {
  const rows = rowsBy({ measured: [], cost: { callShare: 0.1, compile: 100 } });
  expect(rows.get("a call of A3 batch 1 beside its kernels")).toEqual({ shown: "10.0 %", missed: ["by 100 %"] });
  expect(rows.get("ResNet-50, expression to program")).toEqual({ shown: "100 ms", missed: [] });
});

test("every reason belongs to a target", () => {
  const reasons: unknown = JSON.parse(readFileSync(new URL("../../bench/reasons.json", import.meta.url), "utf8"));
  const titles = targetRows({ measured: [] }).map(({ title }) => title);
  for (const title of Object.keys(reasons ?? {})) expect(titles).toContain(title);
});

/** Training goes on: what svertka trained goes on in Keras with the losses that it would have had, and the reverse. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32 } from "../../src/data/nd-array.js";
import { orReject } from "../../src/errors.js";
import {
  batchNormalization,
  conv2d,
  dense,
  frozen,
  globalAvgPool2d,
  input,
  model,
  named,
  pipe,
  relu,
  sequential,
  type Model,
} from "../../src/index.js";
import { readKeras } from "../../src/io/keras/read.js";
import { writeKeras } from "../../src/io/keras/write.js";
import { encodeSafetensors } from "../../src/io/safetensors.js";
import type { Weights } from "../../src/run/initial-weights.js";
import { fit, l2, meanSquaredError, sgd, trainer } from "../../src/train/index.js";
import { kerasSide, noPython, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "svertka-training-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Batch normalisation, a regulariser, a frozen layer: what a file has to carry for the losses to go on. */
const net = model(
  pipe(
    input([6, 6, 2], { name: "image" }),
    frozen(named("stem", conv2d({ filters: 4, kernelSize: 3, padding: "same" }))),
    named(
      "body",
      sequential(
        conv2d({ filters: 6, kernelSize: 3, kernelRegularizer: l2(0.01) }),
        batchNormalization({ momentum: 0.9 }),
        relu,
      ),
    ),
    globalAvgPool2d,
    dense({ units: 3 }),
  ),
);

const wave = (count: number, step: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * i * step + i));
const x = f32([32, 6, 6, 2], wave(32 * 72, 0.37));
const y = f32([32, 3], wave(96, 0.71));

/** Two epochs of SGD as keras_side.py trains them. */
const trained = async (
  subject: Model<unknown, unknown>,
  weights: Weights | undefined,
): Promise<{ readonly losses: readonly number[]; readonly weights: Weights }> => {
  const made = await orReject(
    trainer({
      model: subject,
      backend: wasm,
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      ...(weights === undefined ? {} : { weights }),
    }),
  );
  const { history } = await orReject(fit(made, { train: { x, y }, epochs: 2, batchSize: 8, shuffle: false }));
  const result = { losses: history["loss"] ?? [], weights: await made.weights() };
  made.dispose();
  return result;
};

const inKeras = async (from: string, to: string): Promise<readonly number[]> => {
  const [answer] = await kerasSide("train", join(folder, from), join(folder, to), join(folder, "data.safetensors"));
  const losses: unknown = answer?.["losses"];
  return Array.isArray(losses) ? losses.map(Number) : [];
};

const expectClose = (got: readonly number[], want: readonly number[]): void => {
  expect(got).toHaveLength(2);
  for (const [epoch, loss] of got.entries()) expect(Math.abs(loss - (want[epoch] ?? Number.NaN))).toBeLessThan(1e-4);
};

test("svertka, then Keras; Keras, then svertka: the losses of svertka alone, of Keras alone", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  writeFileSync(
    join(folder, "data.safetensors"),
    encodeSafetensors([
      { name: "x", ...x },
      { name: "y", ...y },
    ]),
  );
  const first = await trained(net, undefined);
  writeFileSync(join(folder, "one.keras"), await orReject(writeKeras(net, first.weights)));
  const alone = await trained(net, first.weights);
  // It learns, or equal losses would say nothing.
  expect(alone.losses[1]).toBeLessThan((first.losses[0] ?? 0) * 0.99);
  expectClose(await inKeras("one.keras", "two.keras"), alone.losses);

  const back = await orReject(readKeras(new Uint8Array(readFileSync(join(folder, "two.keras"))), "two.keras"));
  const later = await trained(back.model, back.weights);
  expectClose(later.losses, await inKeras("two.keras", "three.keras"));
  // Names and what is frozen have come back, too.
  expect([...back.weights.keys()].toSorted()).toEqual([...first.weights.keys()].toSorted());
  expect(back.weights.get("stem/conv2d/kernel")?.data).toEqual(first.weights.get("stem/conv2d/kernel")?.data);
}, 240_000);

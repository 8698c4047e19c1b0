/** `--weights` with `--weight-map`: a PyTorch file, with the 64-bit counter that its batch normalisation has. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { orThrow } from "../../src/errors.js";
import { decodeSafetensors } from "../../src/io/safetensors.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { dense, input, model, pipe } from "svertka";
   export default model(pipe(input([3]), dense({ units: 2 })));`,
);

/** `fc.weight` [[1, 2, 3], [4, 5, 6]], `fc.bias` [7, 8], and a number that no array of ours holds. */
const torchFile = (): Uint8Array => {
  const header = JSON.stringify({
    "bn.num_batches_tracked": { dtype: "I64", shape: [], data_offsets: [0, 8] },
    "fc.weight": { dtype: "F32", shape: [2, 3], data_offsets: [8, 32] },
    "fc.bias": { dtype: "F32", shape: [2], data_offsets: [32, 40] },
  }).padEnd(240);
  const bytes = new Uint8Array(8 + header.length + 40);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  [1, 2, 3, 4, 5, 6, 7, 8].forEach((value, i) => view.setFloat32(16 + header.length + 4 * i, value, true));
  return bytes;
};
const weights = work.file("torch.safetensors", torchFile());
const map = work.file("map.json", JSON.stringify({ layout: "pytorch", names: { dense: "fc" } }));

test("converts the weights to ours", async () => {
  const output = work.path("own.safetensors");
  const outcome = await svertka("convert", net, "--weights", weights, "--weight-map", map, "--output", output);
  expect(outcome).toMatchObject({ code: 0 });
  const { tensors } = orThrow(decodeSafetensors(readFileSync(output), output));
  const byName = Object.fromEntries(tensors.map(({ name, shape, data }) => [name, { shape, data: [...data] }]));
  expect(byName).toEqual({
    "dense/kernel": { shape: [3, 2], data: [1, 4, 2, 5, 3, 6] },
    "dense/bias": { shape: [2], data: [7, 8] },
  });
});

test.each([
  ["without the map the 64-bit number is refused", [], 3, "I64"],
  ["a map that is not there", ["--weight-map", "nowhere.json"], 2, "no such file"],
  ["a map that is no JSON", ["--weight-map", weights], 2, "no JSON object"],
])("%s", async (_, options, code, sentence) => {
  const output = work.path("refused.safetensors");
  const outcome = await svertka("convert", net, "--weights", weights, ...options, "--output", output);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(sentence);
  expect(work.list(".")).not.toContain("refused.safetensors");
});

test("a map without weights", async () => {
  const outcome = await svertka("convert", net, "--weight-map", map, "--output", work.path("x.safetensors"));
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("add --weights");
});

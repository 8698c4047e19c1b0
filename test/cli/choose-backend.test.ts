/** `--backend auto` goes on to the next where one does not load, and says which, why, and what mends it. */
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { chooseBackend, type KnownBackend, type Purpose } from "../../src/cli/choose-backend.js";
import { failTask } from "../../src/errors.js";

const missing: KnownBackend = {
  name: "node",
  automatic: true,
  open: () =>
    Promise.resolve({
      ...reference,
      name: "node",
      load: failTask("BackendMissing", "node", "node: neither package is installed: npm install @tensorflow/tfjs-node"),
    }),
};
const here = (name: string, options: Partial<KnownBackend> = {}): KnownBackend => ({
  name,
  automatic: true,
  open: () => Promise.resolve({ ...reference, name, description: `a backend called ${name}` }),
  ...options,
});

const chosen = async (name: string, purpose: Purpose, known: readonly KnownBackend[]): Promise<readonly string[]> => {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const backend = await chooseBackend(name, { result: note, note, error: note, bar: undefined }, purpose, known);
  return [backend.name, ...notes];
};

test("the next one, and why not the first", async () => {
  expect(await chosen("auto", "training", [missing, here("wasm")])).toEqual([
    "wasm",
    "backend wasm: the fastest found for training (a backend called wasm)",
    "not node: neither package is installed: npm install @tensorflow/tfjs-node",
  ]);
});

test("one that infers only is taken for inference, and for training not even named", async () => {
  const known = [here("ort", { infersOnly: true }), here("wasm")];
  expect((await chosen("auto", "inference", known))[0]).toBe("ort");
  expect(await chosen("auto", "training", known)).toEqual([
    "wasm",
    "backend wasm: the fastest found for training (a backend called wasm)",
  ]);
});

test("none that starts is an error; one that is named fails with its own sentence", async () => {
  await expect(chosen("auto", "training", [missing])).rejects.toThrow(/no backend starts on this machine/);
  await expect(chosen("node", "training", [missing, here("wasm")])).rejects.toThrow(/neither package is installed/);
});

/** Reads the layers' goldens: what Keras computes for one layer, forwards and backwards, made by scripts/goldens. */
import { readdirSync, readFileSync } from "node:fs";

/** Numbers under a shape that includes the batch axis. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A weight by the layer's own name for it, without the path: `kernel`. */
export interface GoldenWeight extends GoldenTensor {
  readonly name: string;
}

export interface LayerCase {
  /** What the word is called with; null where the word is a layer value. */
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly mode: "inference" | "training";
  readonly inputs: readonly GoldenTensor[];
  readonly weights: readonly GoldenWeight[];
  readonly output: GoldenTensor;
  /** dL/d(output) of the gradients below: L = Σ outputGradient ⊙ output. */
  readonly outputGradient: GoldenTensor;
  readonly inputGradients: readonly (GoldenTensor | null)[];
  readonly weightGradients: readonly GoldenWeight[];
  /** The next values of the states, where the mode is training. */
  readonly states: readonly GoldenWeight[];
}

export interface LayerFixture {
  /** The word of the DSL. */
  readonly layer: string;
  readonly source: string;
  readonly cases: readonly LayerCase[];
}

interface RawTensor {
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}
type RawCase = Omit<LayerCase, "states"> & { readonly states?: readonly GoldenWeight[] };

const folder = new URL("../fixtures/layers/", import.meta.url);

/** "NaN", "Infinity", "-0" stand for what JSON has no numbers for; nine digits are read back as the float32 that they stand for. */
const numbered = <T extends RawTensor>(tensor: T): T & GoldenTensor => ({
  ...tensor,
  data: tensor.data.map((value) => Math.fround(Number(value))),
});

const readCase = (raw: RawCase): LayerCase => ({
  ...raw,
  inputs: raw.inputs.map(numbered),
  weights: raw.weights.map(numbered),
  output: numbered(raw.output),
  outputGradient: numbered(raw.outputGradient),
  inputGradients: raw.inputGradients.map((gradient) => (gradient === null ? null : numbered(gradient))),
  weightGradients: raw.weightGradients.map(numbered),
  states: (raw.states ?? []).map(numbered),
});

/** CASES=3 takes that many configurations of each layer, spread over its list: first, last and between. */
const chosen = (cases: readonly RawCase[]): readonly RawCase[] => {
  const count = Number(process.env["CASES"] ?? cases.length);
  const indices = Array.from({ length: count }, (_, i) =>
    Math.round((i * (cases.length - 1)) / Math.max(count - 1, 1)),
  );
  return [...new Set(indices)].flatMap((index) => cases[index] ?? []);
};

/** Every fixture; LAYERS=conv1d,conv3d picks some. */
export const layerFixtures = (): readonly LayerFixture[] => {
  const wanted = process.env["LAYERS"]?.split(",");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && (wanted?.includes(file.slice(0, -".json".length)) ?? true))
    .toSorted()
    .map((file) => {
      const fixture: { layer: string; source: string; cases: readonly RawCase[] } = JSON.parse(
        readFileSync(new URL(file, folder), "utf8"),
      );
      return { ...fixture, cases: chosen(fixture.cases).map(readCase) };
    });
};

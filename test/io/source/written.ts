/** Sources that are written for tests, into a folder inside the repository, so that they import as users' modules do; git ignores it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { orThrow } from "../../../src/errors.js";
import { layersOf, type LayerGraph } from "../../../src/io/layers/index.js";
import { sourceOf, type Source } from "../../../src/io/source/index.js";
import type { AnyModel } from "../layers/nets.js";

const folder = join(import.meta.dirname, "..", "..", "..", ".cache", "types");

export interface Written extends Source {
  readonly path: string;
  /** As a module beside it imports it. */
  readonly specifier: string;
  readonly layers: LayerGraph;
}

export const fileName = (name: string): string => `source-${name.replaceAll(/\W+/g, "-")}`;

/** The source of a model, written where modules find `svertka`. */
export const writeSource = (name: string, net: AnyModel): Written => {
  const layers = orThrow(layersOf(net));
  const source = orThrow(sourceOf(layers, { from: `${name}.keras`, weightsFile: `${name}.safetensors` }));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${fileName(name)}.ts`);
  writeFileSync(path, source.text);
  return { ...source, path, specifier: `./${fileName(name)}.js`, layers };
};

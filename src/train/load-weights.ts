/** Weights of one model for another: by name, in part, under other names. Fine-tuning begins so. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { outlineOf } from "../run/inference-graph.js";
import { initialWeights, type Weights } from "../run/initial-weights.js";

export interface LoadWeightsOptions {
  /** Whether weights that are not given stay fresh, and given ones that the model has not are left out. */
  readonly partial?: boolean | undefined;
  /** With `partial`: whether a given weight of another shape is left out; else it is a mistake. Keras's skip_mismatch. */
  readonly skipMismatch?: boolean | undefined;
  /** Where a given weight belongs, by its name: a function, or new beginnings by old: `{ backbone: "stem" }`. */
  readonly rename?: ((name: string) => string) | Readonly<Record<string, string>> | undefined;
  /** Of the fresh weights; 0 when not given. */
  readonly seed?: number | undefined;
}

export interface LoadedWeights {
  /** All weights of the model: what `compile` and `trainer` take. */
  readonly weights: Weights;
  /** Names of those that were given, of those that are fresh, and given names that were not used. */
  readonly loaded: readonly string[];
  readonly fresh: readonly string[];
  readonly unused: readonly string[];
}

/**
 * The model's weights, taken from given ones by name.
 *
 * @example
 * const { weights } = orThrow(loadWeights(net, pretrained, { partial: true, rename: { backbone: "stem" } }))
 * const running = await orReject(trainer({ model: net, weights, trainable: ["head"], backend: wasm, loss, optimizer }))
 */
export const loadWeights = (
  model: Model<unknown, unknown>,
  given: Weights,
  options: LoadWeightsOptions = {},
): Either<SvertkaError, LoadedWeights> =>
  pipe(
    outlineOf(model),
    E.chain(({ weights: infos }) => matched(infos, given, options)),
  );

const where = "loadWeights";

const renamed = (
  given: Weights,
  { rename }: LoadWeightsOptions,
): Either<SvertkaError, ReadonlyMap<string, NdArray<"f32">>> => {
  const byName = new Map<string, NdArray<"f32">>();
  for (const [name, array] of given) {
    const target = newName(name, rename);
    if (byName.has(target))
      return fail("BadModel", where, `weights: two of them are renamed to '${target}': give each a name of its own`);
    byName.set(target, array);
  }
  return E.right(byName);
};

/** The longest old beginning that fits decides. */
const newName = (name: string, rename: LoadWeightsOptions["rename"] = {}): string => {
  if (typeof rename === "function") return rename(name);
  const fitting = Object.keys(rename).filter((start) => name === start || name.startsWith(`${start}/`));
  const [start] = fitting.sort((a, b) => b.length - a.length);
  if (start === undefined) return name;
  return `${rename[start] ?? start}${name.slice(start.length)}`.replace(/^\//, "");
};

const matched = (
  infos: readonly WeightInfo[],
  given: Weights,
  options: LoadWeightsOptions,
): Either<SvertkaError, LoadedWeights> => {
  const { partial = false, skipMismatch = false, seed = 0 } = options;
  const found = renamed(given, options);
  if (E.isLeft(found)) return found;
  const loaded = new Map<string, NdArray<"f32">>();
  for (const { name, shape } of infos) {
    const array = found.right.get(name);
    const fits = array?.shape.join() === shape.join();
    if (array !== undefined && fits) loaded.set(name, array);
    else if (array !== undefined && !(partial && skipMismatch))
      return fail(
        "BadModel",
        where,
        `weights: '${name}' is [${array.shape.join(", ")}], the model needs [${shape.join(", ")}]: ${partial ? "set skipMismatch to leave it fresh" : "give the weights of this model"}`,
      );
    else if (array === undefined && !partial)
      return fail(
        "BadModel",
        where,
        `weights: '${name}' [${shape.join(", ")}] is missing: give all weights of this model, or set partial`,
      );
  }
  const known = new Set(infos.map(({ name }) => name));
  const unused = [...found.right.keys()].filter((name) => !loaded.has(name));
  const stranger = unused.find((name) => !known.has(name));
  if (!partial && stranger !== undefined)
    return fail(
      "BadModel",
      where,
      `weights: '${stranger}' is no weight of this model: give the weights of this model, or set partial`,
    );
  if (infos.length > 0 && loaded.size === 0)
    return fail(
      "BadModel",
      where,
      `weights: none of the ${given.size} is named as one of the model's, such as '${infos[0]?.name ?? ""}': rename them`,
    );
  const fresh = infos.filter(({ name }) => !loaded.has(name));
  const weights = new Map([...loaded, ...initialWeights(fresh, seed)]);
  return E.right({ weights, loaded: [...loaded.keys()], fresh: fresh.map(({ name }) => name), unused });
};

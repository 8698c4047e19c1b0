/** A data set made again of its plan, in a thread that has nothing but the plan. */
import { invariant } from "../../errors.js";
import type { AnyDataset, Batches, Dataset, Plan, Value } from "../dataset.js";
import { makers } from "../makers.js";
import { batch } from "../pipeline/batch.js";
import { planOf } from "../pipeline/derive.js";
import { map, mapBatches, type BatchMap, type ExampleMap } from "../pipeline/map.js";
import { repeat, shuffle, skip, take, type ShuffleOptions } from "../pipeline/order.js";
import type { Recipe } from "../portable.js";
import { imageFiles, readAtOnce, type ImageFiles, type Report } from "./image-files.js";

/** A map made again of its recipe. */
const remade = <F extends object>({ maker, options }: Recipe): F => {
  invariant(Object.hasOwn(makers, maker), `no maker ${maker} in src/data/makers.ts`);
  // Sound: the maker of that name wrote the recipe, with options that it takes.
  const make = makers[maker] as (given: unknown) => F;
  return make(options);
};

type Remake = (options: never, of: never, report: Report) => AnyDataset;

/** By the name of the operation that wrote the plan: what it made, from its options. */
const operations = {
  imagesFromFolder: (options: ImageFiles, _of: undefined, report: Report) => imageDataset(options, report),
  shuffle: (options: ShuffleOptions, of: Dataset) => shuffle(options)(of),
  take: ({ count }: { readonly count: number }, of: Dataset) => take(count)(of),
  skip: ({ count }: { readonly count: number }, of: Dataset) => skip(count)(of),
  repeat: ({ count }: { readonly count?: number }, of: Dataset) => repeat(count)(of),
  batch: ({ batchSize, dropRemainder }: { readonly batchSize: number; readonly dropRemainder: boolean }, of: Dataset) =>
    batch(batchSize, { dropRemainder })(of),
  map: (recipe: Recipe, of: Dataset) => map(remade<ExampleMap<Value, Value>>(recipe))(of),
  mapBatches: (recipe: Recipe, of: Batches) => mapBatches(remade<BatchMap<Value, Value>>(recipe))(of),
} satisfies Readonly<Record<string, Remake>>;

export const remake = ({ op, options, of }: Plan, report: Report): AnyDataset => {
  invariant(Object.hasOwn(operations, op), `no operation ${op} in src/data/node/remake.ts`);
  const [source] = of.map((plan) => remake(plan, report));
  // Sound: the operation of that name wrote the plan, with its own options and of what it takes.
  const again = operations[op as keyof typeof operations] as unknown as (
    given: unknown,
    from: AnyDataset | undefined,
    heard: Report,
  ) => AnyDataset;
  return again(options, source, report);
};

/** Pictures of files, read in the worker thread that calls it. */
export const imageDataset = (options: ImageFiles, report: Report): Dataset => {
  const source = imageFiles(options, report, readAtOnce);
  return {
    kind: "dataset",
    count: source.count,
    source,
    plan: planOf("imagesFromFolder", options, []),
  };
};

/** A map of weights as JSON: `{ "layout": "pytorch", "names": { "stem/conv2d": "features.0" } }`. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { isObject } from "../json-object.js";
import { firstDuplicateKey } from "./duplicate-keys.js";

/** PyTorch's names of layers or weights by ours. */
export type WeightNames = ReadonlyMap<string, string>;

/** Our longest sentences must not carry a hostile file's names whole. */
const shown = (text: string): string => JSON.stringify(text.slice(0, 40));

/** The names that a map gives, checked. */
export const readWeightMap = (bytes: Uint8Array, where: string): Either<SvertkaError, WeightNames> => {
  const text = new TextDecoder().decode(bytes);
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(text),
    () => undefined,
  );
  const form = 'give { "layout": "pytorch", "names": { "OUR LAYER": "THEIR MODULE" } }';
  if (E.isLeft(parsed) || !isObject(parsed.right))
    return fail("BadFile", where, `weight map: it is no JSON object: ${form}`);
  const { layout, names = {}, ...others } = parsed.right;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return fail("BadFile", where, `weight map: it knows no ${shown(unknown)}: ${form}`);
  if (layout !== "pytorch")
    return fail("BadFile", where, `weight map: its layout must be "pytorch", the only one that there is: ${form}`);
  const twice = firstDuplicateKey(text);
  if (twice !== undefined)
    return fail("BadFile", where, `weight map: ${shown(twice)} stands twice: give each name once`);
  if (!isObject(names)) return fail("BadFile", where, `weight map: names is no object: ${form}`);
  const entries: [string, string][] = [];
  for (const [ours, theirs] of Object.entries(names)) {
    if (typeof theirs !== "string")
      return fail("BadFile", where, `weight map: the name of ${shown(ours)} is no text: ${form}`);
    entries.push([ours, theirs]);
  }
  return E.right(new Map(entries));
};

/**
 * Names of layers in TensorFlow.js, which takes letters, digits and "-", "_", "." only and wants a letter or a digit first.
 * A path of ours has "." for "/"; every other sign is ".." and its code in base 16 and "..", which no path without empty parts has.
 */

const plain = /^[A-Za-z0-9_-]$/;

const encodePart = (part: string): string =>
  Array.from(part, (sign) => (plain.test(sign) ? sign : `..${(sign.codePointAt(0) ?? 0).toString(16)}..`)).join("");

/** A first sign that TensorFlow.js does not take there is one of the others. */
const begun = (part: string): string =>
  part.replace(/^[_-]/, (sign) => `..${(sign.codePointAt(0) ?? 0).toString(16)}..`).replace(/^\.\./, "0....");

/** The name of a layer for a path of ours. */
export const layerName = (path: string): string => begun(path.split("/").map(encodePart).join("."));

/** The name of the layer of an input or output, which is no path: its "." stays. */
export const endName = (name: string): string => begun(name.split(".").map(encodePart).join("."));

/** The same name in Keras's spelling, which the readers understand; names that others gave stay as they are. */
export const kerasSpelling = (name: string): string =>
  name.replace(/^0\.\.(?=\.\.[0-9a-f]{1,6}\.\.)/, "").replaceAll(/\.\.([0-9a-f]{1,6})\.\./g, ">$1>");

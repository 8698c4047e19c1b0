/**
 * One spelling of names both ways. A path of ours has "/", which Keras allows in no name of a layer: there it is ".". A sign
 * that TensorFlow's scopes refuse, and a "." of ours, is ">" and its code in base 16 and ">": `stem/conv.a` is `stem.conv>2e>a`.
 */
import { kerasSpelling } from "../tensorflow-js/names.js";

const plain = /^[A-Za-z0-9_-]$/;

const encodePart = (part: string): string =>
  Array.from(part, (sign) => (plain.test(sign) ? sign : `>${(sign.codePointAt(0) ?? 0).toString(16)}>`)).join("");

/** The name of a layer in Keras for a path of ours. */
export const kerasName = (path: string): string => path.split("/").map(encodePart).join(".");

/** The name of an input or output, which is no path: its "." stays. */
export const kerasEnd = (name: string): string => name.split(".").map(encodePart).join(".");

const decodePart = (part: string): string =>
  part
    .replaceAll(/>([0-9a-f]{1,6})>/g, (all, code: string) => {
      const sign = Number.parseInt(code, 16);
      return sign <= 0x10_ff_ff && sign !== 0x2f && sign !== 0x3a && sign > 0 ? String.fromCodePoint(sign) : all;
    })
    // Neither can stand in a part of a path; Keras's own names have them hardly ever.
    .replaceAll(/[/:]/g, "_");

/** The other direction of {@link kerasEnd}. */
export const endOfKeras = (name: string): string => decodePart(kerasSpelling(name));

/** Our path for the name of a layer in Keras. */
export const pathOfKeras = (name: string): string => {
  const spelled = kerasSpelling(name);
  const parts = spelled.split(".");
  return parts.every((part) => part !== "") ? parts.map(decodePart).join("/") : decodePart(spelled) || "layer";
};

/** Keras's `to_snake_case`, which paths of weights are made with: `Conv2D` is `conv2d`, `PReLU` is `p_re_lu`. */
export const snakeCase = (className: string): string =>
  className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** Names that count as Keras counts them within one container: `conv2d`, `conv2d_1`. */
export const counted = (): ((name: string) => string) => {
  const used = new Map<string, number>();
  return (name) => {
    const count = used.get(name);
    used.set(name, (count ?? -1) + 1);
    return count === undefined ? name : `${name}_${count + 1}`;
  };
};

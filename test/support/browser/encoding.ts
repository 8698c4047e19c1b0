/** Numbers through a channel that takes text; the bytes are the same on both sides, NaN's too. */
import type { Numbers } from "../../../src/backends/backend.js";
import type { Encoded } from "./protocol.js";

/** Characters at a time: an argument list has a limit. */
const chunk = 8192;

export const encoded = (numbers: Numbers): Encoded => {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  const kind =
    numbers instanceof Int32Array ? "Int32Array" : numbers instanceof Float64Array ? "Float64Array" : "Float32Array";
  return { kind, base64: btoa(text) };
};

const arrays = { Float32Array, Float64Array, Int32Array } as const;

export const decoded = ({ kind, base64 }: Encoded): Numbers =>
  new arrays[kind](Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);

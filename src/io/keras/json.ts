/** JSON that nobody has checked: its nesting is judged before it is parsed, and keys are read as own properties only. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isObject, type JsonObject } from "../../json-object.js";

/** Models in models in models take ten or so for each. */
const deepest = 400;

const depthOf = (text: string): number => {
  let [depth, most] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    // Brackets in texts are not told apart: a name with hundreds of them is none.
    if (sign === 0x7b || sign === 0x5b) most = Math.max(most, ++depth);
    else if (sign === 0x7d || sign === 0x5d) depth--;
  }
  return most;
};

/** The object of a JSON text; `subject` begins the sentences about it. */
export const readJson = (bytes: Uint8Array, subject: string, where: string): Either<SvertkaError, JsonObject> => {
  const bad = (rule: string): Either<SvertkaError, never> =>
    fail("BadFile", where, `${subject} ${rule}: the file is damaged`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (depthOf(text) > deepest) return bad(`is nested more than ${deepest} deep`);
    const value: unknown = JSON.parse(text);
    return isObject(value) ? E.right(value) : bad("is no object");
  } catch {
    return bad("is no JSON");
  }
};

/** An own property; `__proto__` and the like are names as any other. */
export const at = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

export const textAt = (value: unknown, key: string): string | undefined => {
  const found = at(value, key);
  return typeof found === "string" ? found : undefined;
};

export const listAt = (value: unknown, key: string): readonly unknown[] | undefined => {
  const found = at(value, key);
  return Array.isArray(found) ? found : undefined;
};

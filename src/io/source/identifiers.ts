/** Names from files as identifiers: nothing of a name reaches the source but letters and digits. */

/** What TypeScript keeps for itself, in modules. */
const reserved = new Set(
  (
    "arguments as async await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for from function get if implements import in instanceof interface let new null of package private " +
    "protected public return set static super switch this throw true try type typeof undefined var void while with yield"
  ).split(" "),
);

/** `conv2Block1Out` of `conv2_block1_out`; undefined where nothing is left. */
export const inCamelCase = (name: string): string | undefined => {
  const words = name.match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words
    .map((word, i) =>
      i === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join("")
    .slice(0, 40);
  return joined === "" ? undefined : /^\d/.test(joined) ? `_${joined}` : joined;
};

/** Gives out identifiers, each once. */
export class Identifiers {
  private readonly taken: Set<string>;
  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** The name, with a number where it is taken or belongs to the language. */
  fresh(wanted: string): string {
    const stem = /\d$/.test(wanted) ? `${wanted}_` : wanted;
    let name = wanted;
    for (let count = 2; this.taken.has(name) || reserved.has(name); count++) name = `${stem}${count}`;
    this.taken.add(name);
    return name;
  }
}

/** A name as a key of an object: `__proto__` would be its prototype but for the brackets. */
export const keyText = (name: string): string =>
  name === "__proto__" ? `["__proto__"]` : /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringText(name);

/** A string as TypeScript writes it: nothing in it ends it, and nothing in it turns the line round. */
export const stringText = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => String.raw`\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );

/** A text for a comment: one line, which does not end the comment. */
export const commentText = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, " ")
    .replaceAll("*/", "* /")
    .slice(0, 40)
    .trim();

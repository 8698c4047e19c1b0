/** `NAME=VALUE` of a repeated flag: a value for each input or output of a model; without a name, for the only one. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

export interface NamedText {
  readonly name: string | undefined;
  readonly value: string;
}

/** `digit=mean_squared_error`, or `mean_squared_error` alone. */
export const namedText = (text: string): NamedText => {
  const [, name, value] = /^\s*([^=]+?)\s*=(.+)$/s.exec(text) ?? [];
  return value === undefined ? { name: undefined, value: text } : { name, value };
};

export interface Names {
  readonly flag: string;
  /** What they are names of. */
  readonly what: "input" | "output";
  readonly known: readonly string[];
}

/** The values by name; of two for one name the last is meant, as with any option. */
export const valuesByName = (
  texts: readonly NamedText[],
  { flag, what, known }: Names,
): Either<SvertkaError, ReadonlyMap<string, string>> => {
  const [only = ""] = known;
  const listed = known.join(", ").slice(0, 80);
  const found = new Map<string, string>();
  for (const { name, value } of texts) {
    if (name === undefined && known.length !== 1)
      return fail(
        "BadOption",
        flag,
        `${value.slice(-60)}: ${known.length} ${what}s are meant: give one for each, as NAME=FILE (${listed})`,
      );
    const key = name ?? only;
    if (!known.includes(key))
      return fail("BadOption", flag, `there is no ${what} '${key.slice(0, 40)}' to give it to: there are ${listed}`);
    found.set(key, value);
  }
  const missing = known.find((name) => !found.has(name));
  return missing === undefined
    ? E.right(found)
    : fail("BadOption", flag, `nothing is given for the ${what} '${missing}': give it as ${flag} ${missing}=FILE`);
};

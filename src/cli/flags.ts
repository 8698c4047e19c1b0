/** Reads the values of options: commander gives text, this makes numbers of it or a sentence. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";

/** By camel-case name, as commander keeps them. */
export type Flags = Readonly<Record<string, unknown>>;

/** As it is written on the command line. */
export const spelled = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const switchFlag = (flags: Flags, name: string): boolean => flags[name] === true;

export const textFlag = (flags: Flags, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
};

export const listFlag = (flags: Flags, name: string): readonly string[] => {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** A number, or nothing where the option is not given; what it may be is its user's affair. */
export const numberFlag = (flags: Flags, name: string): Either<SvertkaError, number | undefined> => {
  const text = textFlag(flags, name);
  if (text === undefined) return E.right(undefined);
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value)
    ? E.right(value)
    : fail("BadOption", spelled(name), `${JSON.stringify(text.slice(0, 40))} is not what it takes: give a number`);
};

/** A whole number of at least `least`, or nothing where the option is not given. */
export const wholeFlag = (flags: Flags, name: string, least: number): Either<SvertkaError, number | undefined> => {
  const text = textFlag(flags, name);
  if (text === undefined) return E.right(undefined);
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return E.right(value);
  const range = least === Number.MIN_SAFE_INTEGER ? "" : ` of at least ${least}`;
  return fail(
    "BadOption",
    spelled(name),
    `${JSON.stringify(text.slice(0, 40))} is not what it takes: give a whole number${range}`,
  );
};

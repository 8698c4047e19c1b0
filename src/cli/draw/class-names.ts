/** `--class-names`: names of classes in the order of their numbers, from a list or a file. */
import { existsSync } from "node:fs";
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { readText } from "../../io/node.js";

const named = (names: readonly string[], where: string): Either<SvertkaError, readonly string[]> =>
  names.length === 0 || names.some((name) => name === "" || name.length > 200)
    ? fail("BadOption", where, "class names: a name is empty or longer than 200 letters: give cat,dog, or a line each")
    : E.right(names);

/** `cat,dog`, or a text file with a name a line; nothing where the option is not given. */
export const classNames = (text: string | undefined): TaskEither<SvertkaError, readonly string[] | undefined> => {
  if (text === undefined) return TE.right(undefined);
  if (!existsSync(text))
    return TE.fromEither(
      named(
        text.split(",").map((name) => name.trim()),
        "--class-names",
      ),
    );
  return pipe(
    readText(text),
    TE.flatMapEither((lines) =>
      named(
        lines
          .trimEnd()
          .split(/\r?\n/)
          .map((name) => name.trim()),
        text,
      ),
    ),
  );
};

/** Reading a result in a test: its value, or its error as one line. */
import { render, type SvertkaError } from "../../src/errors.js";
import { E, type Either } from "../../src/fp.js";

/** The error as `Tag: where: message`, or "no error". */
export const errorOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? `${result.left.tag}: ${render(result.left)}` : "no error";

/** The error's message alone. */
export const messageOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? result.left.message : "no error";

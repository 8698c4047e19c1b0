/** User mistakes are values of one tagged union, drawn by one `render`; our own bugs throw `invariant`. */
import { E, TE, type Either, type TaskEither } from "./fp.js";

/**
 * What the user did wrong. `message` is one sentence `<what>: <rule and numbers>: <remedy>` of at most 200 characters;
 * `where` is the place, kept apart: a layer path, a file, a flag.
 */
export type SvertkaError =
  /** Shapes that do not fit; the sentence is the one that the type checker gives. */
  | { readonly tag: "ShapeMismatch"; readonly where: string; readonly message: string }
  /** An option, flag or argument that is no valid value. */
  | { readonly tag: "BadOption"; readonly where: string; readonly message: string }
  /** A model whose parts do not belong together: names twice, outputs without inputs, a wrong shared layer. */
  | { readonly tag: "BadModel"; readonly where: string; readonly message: string }
  /** A file that is missing, cut short, malformed or absurd. */
  | { readonly tag: "BadFile"; readonly where: string; readonly message: string }
  /** Data that cannot be: labels out of range, NaN, a batch larger than the data. */
  | { readonly tag: "BadData"; readonly where: string; readonly message: string }
  /** Training that cannot go on: a loss that is NaN or infinite. */
  | { readonly tag: "Diverged"; readonly where: string; readonly message: string }
  /** A backend that is not here, with what to install. */
  | { readonly tag: "BackendMissing"; readonly where: string; readonly message: string }
  /** A run that its backend could not end: memory that ran out, a native call that failed; weights are as before. */
  | { readonly tag: "BackendFailed"; readonly where: string; readonly message: string }
  /** A device that was taken away on the way (a GPU that was reset): compile again, from the last weights. */
  | { readonly tag: "BackendLost"; readonly where: string; readonly message: string }
  /** A feature that svertka does not support, by name: exit code 3. */
  | { readonly tag: "Unsupported"; readonly where: string; readonly message: string }
  /** The user pressed Ctrl-C: exit code 130, after the checkpoint is written. */
  | { readonly tag: "Interrupted"; readonly where: string; readonly message: string };

export type ErrorTag = SvertkaError["tag"];

/** Makes an error value. */
export const mistake = (tag: ErrorTag, where: string, message: string): SvertkaError => ({ tag, where, message });

/** Makes a failed `Either`. */
export const fail = (tag: ErrorTag, where: string, message: string): Either<SvertkaError, never> =>
  E.left(mistake(tag, where, message));

/** Makes a failed `TaskEither`. */
export const failTask = (tag: ErrorTag, where: string, message: string): TaskEither<SvertkaError, never> =>
  TE.left(mistake(tag, where, message));

/** One line for people: `where: sentence`; a place that the sentence begins with is not said twice. */
export const render = ({ where, message }: SvertkaError): string =>
  where === "" || message.startsWith(`${where}:`) ? message : `${where}: ${message}`;

/** The process exit code that an error stands for: 2 the user's mistake, 3 unsupported, 130 interrupted. */
export const exitCodeOf = (error: SvertkaError): 2 | 3 | 130 =>
  error.tag === "Unsupported" ? 3 : error.tag === "Interrupted" ? 130 : 2;

/** A `SvertkaError` as a thrown `Error`, for people who do not use fp-ts. */
export class SvertkaFailure extends Error {
  override readonly name = "SvertkaFailure";
  readonly error: SvertkaError;
  constructor(error: SvertkaError) {
    super(render(error));
    this.error = error;
  }
}

/** The value of a result, or a thrown {@link SvertkaFailure}. */
export const orThrow = <A>(result: Either<SvertkaError, A>): A => {
  if (E.isLeft(result)) throw new SvertkaFailure(result.left);
  return result.right;
};

/** Runs a task; its value, or a rejected promise with a {@link SvertkaFailure}. */
export const orReject = async <A>(task: TaskEither<SvertkaError, A>): Promise<A> => orThrow(await task());

/** Runs a step that may throw a {@link SvertkaFailure} from a place that returns no `Either` (a GPU that goes while it is read): its error as a value. */
export const failureAsValue = async <A>(
  run: () => Promise<Either<SvertkaError, A>>,
): Promise<Either<SvertkaError, A>> => {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof SvertkaFailure) return E.left(thrown.error);
    throw thrown;
  }
};

/** Throws when one of our own laws is broken: always a bug of svertka, never the user's mistake. */
export function invariant(condition: unknown, law: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new Error(`svertka bug: ${law}`);
}

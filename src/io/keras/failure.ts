/** Carries the first mistake out of a recursive walk over a configuration; `caught` makes it a value again. */
import { mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

class KerasFailure extends Error {
  constructor(readonly mistake: SvertkaError) {
    super(mistake.message);
  }
}

export const failAt = (tag: SvertkaError["tag"], where: string, message: string): never => {
  throw new KerasFailure(mistake(tag, where.slice(0, 120), message.slice(0, 200)));
};

export const caught = <A>(run: () => A): Either<SvertkaError, A> => {
  try {
    return E.right(run());
  } catch (failure) {
    if (failure instanceof KerasFailure) return E.left(failure.mistake);
    throw failure;
  }
};

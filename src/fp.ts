/** The one door to fp-ts: its directory imports fail in plain Node ESM, its `lib` files work, so nothing else imports it. */
export * as E from "fp-ts/lib/Either.js";
export * as TE from "fp-ts/lib/TaskEither.js";
export type { Either } from "fp-ts/lib/Either.js";
export type { TaskEither } from "fp-ts/lib/TaskEither.js";
export { flow, pipe } from "fp-ts/lib/function.js";

/** A format that `svertka convert` writes: the ends of its files' names, and how a model becomes one. */
import type { SvertkaError } from "../../errors.js";
import type { TaskEither } from "../../fp.js";
import type { Weights } from "../../run/initial-weights.js";
import type { LoadedModel } from "../loaded-model.js";

export interface ConvertRequest {
  readonly model: LoadedModel;
  readonly weights: Weights;
  /** What MODEL was called. */
  readonly from: string;
  /** The file or folder to write. */
  readonly output: string;
}

export interface Converted {
  /** Of all files together. */
  readonly bytes: number;
}

export interface Format {
  /** As `--json` says it: `onnx`. */
  readonly name: string;
  /** For people: `ONNX`. */
  readonly title: string;
  /** The end of the file's name, with its dot, in lower case. */
  readonly ending: string;
  /** Writes beside and renames: all of it is there afterwards, or what was there before. */
  readonly write: (request: ConvertRequest) => TaskEither<SvertkaError, Converted>;
}

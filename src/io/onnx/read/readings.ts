/** How each operator of ONNX is read: the readings beside our operators, and the tables of compositions by family. */
import type { OnnxReading } from "../../../ops/onnx-reading.js";
import * as own from "../../../ops/onnx-reading-index.js";
import { clipFamily } from "./families/clip.js";
import { elementwiseFamily } from "./families/elementwise.js";
import { movesFamily } from "./families/moves.js";
import { normsFamily } from "./families/norms.js";
import { reductionsFamily } from "./families/reductions.js";
import { resizeFamily } from "./families/resize.js";
import { shapesFamily } from "./families/shapes.js";

const all: readonly OnnxReading[] = [
  ...Object.values<OnnxReading>(own),
  ...clipFamily,
  ...elementwiseFamily,
  ...movesFamily,
  ...normsFamily,
  ...reductionsFamily,
  ...resizeFamily,
  ...shapesFamily,
];

export const readings: ReadonlyMap<string, OnnxReading> = new Map(all.map((reading) => [reading.reads, reading]));

/** How each operator of ONNX is read: the readings beside our operators, and the tables of compositions by family. */
import type { OnnxReading } from "../../../ops/onnx-reading.js";
import * as own from "../../../ops/onnx-reading-index.js";
import { elementwiseFamily } from "./families/elementwise.js";

const all: readonly OnnxReading[] = [...Object.values<OnnxReading>(own), ...elementwiseFamily];

export const readings: ReadonlyMap<string, OnnxReading> = new Map(all.map((reading) => [reading.reads, reading]));

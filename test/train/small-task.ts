/** A small classification that trains in milliseconds, for tests of the loop. */
import { pipe } from "fp-ts/lib/function.js";
import {
  batchNormalization,
  dense,
  dropout,
  f32,
  i32,
  input,
  model,
  named,
  relu,
  sequential,
  softmax,
  type NdArray,
} from "../../src/index.js";
import { fillNormal, fillUniform, keyOf } from "../../src/random/index.js";

export const examplesOf = (count: number, seed: number): { readonly x: NdArray<"f32">; readonly y: NdArray<"i32"> } => {
  const x = new Float32Array(count * 4);
  fillNormal(x, keyOf(seed));
  const noise = new Float32Array(count);
  fillUniform(noise, keyOf(seed + 1));
  const y = Int32Array.from({ length: count }, (_, i) =>
    Math.min(2, Math.floor(Math.abs((x[4 * i] ?? 0) + (noise[i] ?? 0)) * 1.5)),
  );
  return { x: f32([count, 4], x), y: i32([count], y) };
};

const stem = sequential(dense({ units: 6 }), batchNormalization(), relu, dropout({ rate: 0.2 }));

/** Has all that a step can carry: moving statistics, random numbers, two scopes. */
export const smallNet = model(pipe(input([4]), named("stem", stem), named("head", dense({ units: 3 })), softmax));

export const logitsNet = model(pipe(input([4]), dense({ units: 5 }), relu, dense({ units: 3 })));

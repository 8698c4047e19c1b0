/** Random well-typed networks keep every law of the compiler; test/long/random-nets.long.ts runs more of them. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import {
  hasTheSlopesOfItsLoss,
  infersTheSame,
  operatorsOf,
  printsAndParses,
  trainsTheSame,
  type Devices,
} from "./net-laws.js";
import { backendsUnderTest } from "../support/backends.js";
import { recipes } from "./random-net.js";

/** On wasm, or on the backend that BACKEND names first; a GPU in software compiles each net's shaders for seconds. */
const [named] = process.env["BACKEND"] === undefined ? [] : backendsUnderTest;
const fast = named ?? wasm;
const isGpu = fast.name.startsWith("webg");
/** TensorFlow makes a session of each graph, which takes a second. */
const isSession = named?.name === "node";
const run = { numRuns: isGpu ? 10 : isSession ? 40 : 200, seed: 20_260_101 };

describe("random networks", () => {
  let devices: Devices;
  beforeAll(async () => {
    devices = { fast: await orReject(fast.load), oracle: await orReject(reference.load) };
  });

  test("are made of all layers, with their gradients", () => {
    const made = new Set(fc.sample(recipes, { ...run, numRuns: 200 }).flatMap(operatorsOf));
    const convolutions = ["conv2d", "conv2dInputGradient", "conv2dFilterGradient", "matMul", "biasAdd", "pad", "slice"];
    const pools = ["maxPool2d", "maxPool2dGradient", "avgPool2d", "avgPool2dGradient", "reduceMean"];
    const others = ["relu", "relu6", "leakyRelu", "sigmoid", "tanh", "logSoftmax", "add", "multiply", "concatenate"];
    expect([...convolutions, ...pools, ...others].filter((op) => !made.has(op))).toEqual([]);
  });

  test("print and parse", () => {
    fc.assert(fc.property(recipes, printsAndParses), run);
  });

  test("infer the same optimised, not optimised and on the oracle", async () => {
    await fc.assert(
      fc.asyncProperty(recipes, (recipe) => infersTheSame(recipe, devices)),
      run,
    );
  });

  test("train the same as on the oracle", async () => {
    await fc.assert(
      fc.asyncProperty(recipes, (recipe) => trainsTheSame(recipe, devices)),
      run,
    );
  });

  test("have the slopes of their losses as gradients", async () => {
    let places = 0;
    let kinks = 0;
    const law = fc.asyncProperty(recipes, async (recipe) => {
      const counted = await hasTheSlopesOfItsLoss(recipe, devices);
      places += counted.places;
      kinks += counted.kinks;
    });
    await fc.assert(law, run);
    expect(kinks / places, "share of places on a kink").toBeLessThan(0.02);
  });

  test("leave nothing behind", () => {
    expect(devices.oracle.memory()).toEqual({ buffers: 0, bytes: 0 });
  });
});

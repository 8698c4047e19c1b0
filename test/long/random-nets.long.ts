/** The laws of test/nets on many random networks: SIZE=full makes 2,000 of them, CI 100. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject } from "../../src/errors.js";
import {
  hasTheSlopesOfItsLoss,
  infersTheSame,
  printsAndParses,
  trainsTheSame,
  type Devices,
} from "../nets/net-laws.js";
import { recipes } from "../nets/random-net.js";

const count = process.env["SIZE"] === "full" ? 2000 : 100;
const seed = Number(process.env["SEED"] ?? 1);

let devices: Devices;
beforeAll(async () => {
  devices = { fast: await orReject(wasm.load), oracle: await orReject(reference.load) };
});

test(`${count} random networks keep every law`, async () => {
  let places = 0;
  let kinks = 0;
  const law = fc.asyncProperty(recipes, async (recipe) => {
    printsAndParses(recipe);
    await infersTheSame(recipe, devices);
    await trainsTheSame(recipe, devices);
    const counted = await hasTheSlopesOfItsLoss(recipe, devices);
    places += counted.places;
    kinks += counted.kinks;
  });
  await fc.assert(law, { numRuns: count, seed });
  console.log(`${count} networks, seed ${seed}: ${places} slopes compared, ${kinks} of them on a kink and left out`);
  expect(kinks / places).toBeLessThan(0.02);
  expect(devices.oracle.memory().buffers).toBe(0);
});

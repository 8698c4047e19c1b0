/**
 * Feeding: a folder of 128x128 JPEGs, read and augmented (flip, translation, rotation, zoom, brightness), by svertka and by tf.data
 * with the same steps, in turn within one run. What counts are ratios: of pictures a second, and of the CPU time that a picture takes,
 * which says what an otherwise idle machine would do.
 *
 *   npm run build && node bench/feeding.mjs -- --pictures 1024 --rounds 7 --workers 2
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import {
  batch,
  elements,
  imagesFromFolder,
  map,
  randomBrightness,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "../dist/data/node.js";
import { conv2d, dense, flatten, input, maxPool2d, model, orReject, relu, sequential, softmax } from "../dist/index.js";
import { wasm } from "../dist/backends/tfjs/wasm/index.js";
import { adam, fit, sparseCategoricalCrossentropy, trainer } from "../dist/train/index.js";

const { values: flags } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    pictures: { type: "string", default: "1024" },
    rounds: { type: "string", default: "7" },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});
const [pictures, rounds, workers] = [flags.pictures, flags.rounds, flags.workers].map(Number);
const [size, batchSize] = [128, 32];
const folder = mkdtempSync(join(tmpdir(), "svertka-feeding-"));
const python = spawn(
  join(import.meta.dirname, "..", ".venv", "bin", "python"),
  [join(import.meta.dirname, "feeding.py"), folder, pictures, size, batchSize].map(String),
  { stdio: ["pipe", "pipe", "ignore"] },
);
const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const said = async () => {
  const { value, done } = await lines.next();
  if (done) throw new Error("Python ended: is Keras in .venv (scripts/install-keras.sh)?");
  return value;
};

/** An epoch of tf.data: seconds, and seconds of all its threads. */
const tensorflow = async () => {
  python.stdin.write("\n");
  const [wall, cpu] = (await said()).split(" ").map(Number);
  return { wall, cpu };
};

let epoch = 0;
/** The same of svertka. */
const svertka = async (batches) => {
  const [start, used] = [performance.now(), process.cpuUsage()];
  let seen = 0;
  for await (const { x } of elements(batches, { epoch: epoch++ })) seen += x.shape[0];
  if (seen !== pictures) throw new Error(`${seen} pictures of ${pictures}`);
  const { user, system } = process.cpuUsage(used);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  while ((await said()) !== "ready");
  const read = await orReject(imagesFromFolder(folder, { imageSize: [size, size], seed: 1, workers }));
  const steps = [
    map(randomFlip({ mode: "horizontal" })),
    map(randomTranslation({ heightFactor: 0.1, widthFactor: 0.1, fillMode: "nearest" })),
    map(randomRotation({ factor: 0.05, fillMode: "nearest" })),
    map(randomZoom({ heightFactor: 0.1, fillMode: "nearest" })),
    map(randomBrightness({ factor: 0.2 })),
    batch(batchSize),
  ];
  const batches = steps.reduce((data, step) => step(data), read);
  const times = { svertka: [], tensorflow: [] };
  for (let round = 0; round <= rounds; round++) {
    const [own, other] = [await svertka(batches), await tensorflow()];
    if (round === 0) continue; // threads start, graphs are traced
    times.svertka.push(own);
    times.tensorflow.push(other);
    console.error(
      `round ${round}: ${(pictures / own.wall).toFixed(0)} and ${(pictures / other.wall).toFixed(0)} pictures/s,` +
        ` ${((1000 * own.cpu) / pictures).toFixed(2)} and ${((1000 * other.cpu) / pictures).toFixed(2)} ms of CPU a picture`,
    );
  }
  const ratio = (kind) => median(times.svertka.map((own, i) => times.tensorflow[i][kind] / own[kind]));
  const best = (name, kind) => Math.min(...times[name].map((one) => one[kind]));
  const side = (name) =>
    `${(pictures / best(name, "wall")).toFixed(0)} pictures/s, ${((1000 * best(name, "cpu")) / pictures).toFixed(2)} ms of CPU a picture`;
  console.log(`svertka (${workers} threads): ${side("svertka")}; tf.data: ${side("tensorflow")} (best of ${rounds})`);
  console.log(
    `ratio of pictures/s: ${(best("tensorflow", "wall") / best("svertka", "wall")).toFixed(2)} (best), ${ratio("wall").toFixed(2)} (median of rounds);` +
      ` by CPU time: ${(best("tensorflow", "cpu") / best("svertka", "cpu")).toFixed(2)} (best), ${ratio("cpu").toFixed(2)} (median)`,
  );
  // The lesson's cars and trucks: a step takes this thread, pictures are made in the others meanwhile.
  const block = (filters, kernelSize) => [conv2d({ filters, kernelSize, padding: "same" }), relu, maxPool2d()];
  const layers = [
    ...block(32, 5),
    ...block(64, 3),
    ...block(128, 3),
    flatten,
    dense({ units: 6 }),
    relu,
    dense({ units: 2 }),
    softmax,
  ];
  const net = model(input([size, size, 3]), sequential(...layers));
  const running = await orReject(
    trainer({ model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  let waiting = 0;
  const train = { train: batches, epochs: 1, stepsPerEpoch: 10, onBatch: (progress) => (waiting = progress.waiting) };
  await orReject(fit(running, train));
  console.log(`training on wasm waits for data ${(100 * waiting).toFixed(1)} % of its time`);
} finally {
  python.kill();
  rmSync(folder, { recursive: true, force: true });
}

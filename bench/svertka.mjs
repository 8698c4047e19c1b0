/** svertka, from the built package: `node bench/svertka.mjs JOB`, the job names the backend. */
import { compile, f32, i32, model, orReject } from "svertka";
import { adam, sparseCategoricalCrossentropy, trainer } from "svertka/train";
import { inputShapes, models } from "./models.mjs";
import { job, measure, numbers, size } from "./measure.mjs";
import { layers } from "./svertka-layers.mjs";

const asked = job();
const start = performance.now();
const backend = (await import(`svertka/${asked.backend}`))[asked.backend];
const net = model(models[asked.model](layers));
const shape = [asked.batch, ...inputShapes[asked.model]];
const x = f32(shape, numbers(size(shape)));
if (asked.mode === "train") {
  const y = i32(
    [asked.batch],
    Int32Array.from({ length: asked.batch }, (_, i) => i % 10),
  );
  const running = await orReject(
    trainer({ model: net, backend, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  await measure(asked, start, () => orReject(running.step({ x, y })));
} else {
  const predictor = await orReject(compile(net, { backend }));
  await measure(asked, start, () => orReject(predictor.predict(x)));
}
process.exit(0);

/** What must come out of a run, and whether it did: each target of the protocol as a value. */

const every = ["a3", "a5", "a7", "resnet20", "mobilenetv2", "resnet50"];
const trained = ["a3", "a7", "resnet20"];

/** The peer's time over svertka's, in each case of these models; above 1 svertka is faster. */
const ratios = [
  { ours: "svertka-wasm", peer: "layers-wasm", mode: "infer", models: ["a3"], batch: 1, least: 1.6 },
  { ours: "svertka-wasm", peer: "layers-wasm", mode: "infer", models: ["mobilenetv2"], least: 2.2 },
  { ours: "svertka-wasm", peer: "layers-wasm", mode: "infer", models: ["resnet20", "resnet50"], least: 1.2 },
  { ours: "svertka-wasm", peer: "layers-wasm", mode: "infer", models: every, least: 1 },
  { ours: "svertka-wasm", peer: "ort-web", mode: "infer", models: ["mobilenetv2"], least: 1.3 },
  { ours: "svertka-wasm", peer: "ort-web", mode: "infer", models: every, least: 1 },
  { ours: "svertka-node", peer: "layers-node", mode: "infer", models: ["mobilenetv2"], least: 3.5 },
  { ours: "svertka-node", peer: "layers-node", mode: "infer", models: ["a3", "resnet20", "resnet50"], least: 2 },
  { ours: "svertka-node", peer: "savedmodel-node", mode: "infer", models: every, least: 1 },
  { ours: "svertka-node", peer: "layers-node", mode: "train", models: trained, least: 3 },
  { ours: "svertka-node", peer: "keras", mode: "train", models: trained, least: 1.1 },
  { ours: "svertka-ort", peer: "ort-node", mode: "infer", models: every, least: 1 },
];

/** A training step on wasm over its own forward pass. */
const steps = [
  { ours: "svertka-wasm", model: "a3", batch: 64, most: 3.5 },
  { ours: "svertka-wasm", model: "a7", batch: 64, most: 3.5 },
];

/** Of bench/costs.mjs. */
const costs = [
  { field: "callShare", title: "a call of A3 batch 1 beside its kernels", most: 0.05, unit: "%" },
  { field: "compile", title: "ResNet-50, expression to program", most: 150, unit: "ms" },
];

/** Growth of bench/costs.mjs: the largest size's time for one over the smallest's. */
const growth = [
  { field: "batches", title: "time an image, 4,096 images over 64", most: 1.3, each: () => 1 },
  { field: "layers", title: "time to compile a layer, 1,000 layers over 125", most: 1.3, each: Number },
];

const browserTarget = { least: 1.3 };

const timeOf = (measured, system, { mode, model, batch }) =>
  measured.find((row) => row.system === system && row.mode === mode && row.model === model && row.batch === batch)
    ?.milliseconds;

const casesOf = (measured, { mode, models, batch }) => [
  ...new Map(
    measured
      .filter((row) => row.mode === mode && models.includes(row.model) && (batch ?? row.batch) === row.batch)
      .map(({ model, batch: size }) => [`${model} ${size}`, { mode, model, batch: size }]),
  ).values(),
];

const percent = (share) => `${Math.abs(100 * share).toFixed(0)} %`;

/** What was found of one target: each case's figure, and by how much those that miss it do. */
const row = (title, bound, found) => ({
  title,
  bound,
  shown: found.map(({ name, text }) => (name === "" ? text : `${name} ${text}`)).join(", "),
  missed: found.flatMap(({ name, short }) =>
    short > 0 ? [`${name === "" ? "" : `${name} `}by ${percent(short)}`] : [],
  ),
});

const ratioRow = (measured) => (target) => {
  const found = casesOf(measured, target).flatMap((one) => {
    const [ours, theirs] = [target.ours, target.peer].map((system) => timeOf(measured, system, one));
    if (ours === undefined || theirs === undefined) return [];
    const ratio = theirs / ours;
    return [{ name: `${one.model}/${one.batch}`, text: `${ratio.toFixed(2)}×`, short: 1 - ratio / target.least }];
  });
  const size = target.batch === undefined ? "" : ` batch ${target.batch}`;
  const which = target.models === every ? "every model" : `${target.models.join(", ")}${size}`;
  const what = target.mode === "train" ? "a step of " : "";
  return row(`${target.ours} against ${target.peer}: ${what}${which}`, `≥ ${target.least}×`, found);
};

const stepRow =
  (measured) =>
  ({ ours, model, batch, most }) => {
    const [step, forward] = ["train", "infer"].map((mode) => timeOf(measured, ours, { mode, model, batch }));
    const ratio = step === undefined || forward === undefined ? undefined : step / forward;
    const found = ratio === undefined ? [] : [{ name: "", text: `${ratio.toFixed(2)}×`, short: ratio / most - 1 }];
    return row(`${ours}: a step of ${model}/${batch} over its forward pass`, `≤ ${most}×`, found);
  };

const costRow =
  (cost) =>
  ({ field, title, most, unit }) => {
    const value = cost?.[field];
    const text = (number) => (unit === "%" ? `${(100 * number).toFixed(1)} %` : `${number.toFixed(0)} ${unit}`);
    const found = value === undefined ? [] : [{ name: "", text: text(value), short: value / most - 1 }];
    return row(title, `≤ ${text(most)}`, found);
  };

const growthRow =
  (cost) =>
  ({ field, title, most, each }) => {
    const sizes = Object.entries(cost?.[field] ?? {});
    const of = ([length, time]) => time / each(length);
    const found =
      sizes.length < 2
        ? []
        : [sizes.map(of)].map((times) => {
            const ratio = times.at(-1) / times[0];
            return { name: "", text: `${ratio.toFixed(2)}×`, short: ratio / most - 1 };
          });
    return row(title, `≤ ${most}×`, found);
  };

const browserRow = (browser) => (backend) => {
  const found = (browser?.measured ?? [])
    .filter((one) => one.backend === backend)
    .map(({ model, batch, ours, theirs }) => {
      const ratio = theirs.milliseconds / ours.milliseconds;
      return { name: `${model}/${batch}`, text: `${ratio.toFixed(2)}×`, short: 1 - ratio / browserTarget.least };
    });
  return row(`svertka-${backend} against tfjs-layers in Chromium`, `≥ ${browserTarget.least}×`, found);
};

/** Every target with what was found; `missed` is empty where it is met, `shown` where it was not measured. */
export const targetRows = ({ measured, cost, browser }) => [
  ...ratios.map(ratioRow(measured)),
  ...steps.map(stepRow(measured)),
  ...costs.map(costRow(cost)),
  ...growth.map(growthRow(cost)),
  ...["webgl", "webgpu"].map(browserRow(browser)),
];

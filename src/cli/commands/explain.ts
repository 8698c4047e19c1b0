/** `svertka explain`: what the compiler does to a model, for inference and, of a task, for its training step. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { operators } from "../../ops/registry.js";
import { compileGraph } from "../../run/compiled-graph.js";
import { explain as explainCompiled, type Explanation, type PassExplanation } from "../../run/explain.js";
import { trainer } from "../../train/trainer.js";
import { trainerOptionsOf, type Task } from "../../train/task.js";
import { chooseBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { explanationText, fusedLayers, passText, type Explained } from "../explanation-text.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions, type LoadedModel } from "../load-model.js";

const explainInference = async ({ graph }: LoadedModel, backend: Backend): Promise<Explained> => {
  const device = await orReject(backend.load);
  const compiled = compileGraph(graph, { registry: operators, device, stableWeights: true });
  const explanation = orThrow(explainCompiled(compiled, device));
  return { title: "inference, batch of 1", explanation, layers: fusedLayers(compiled.graph) };
};

const explainTraining = async (task: Task, backend: Backend): Promise<Explained> => {
  const { batchSize } = task;
  const made = await orReject(trainer({ ...trainerOptionsOf(task), backend }));
  const explanation = orThrow(explainCompiled(made.training, made.device, batchSize));
  const layers = fusedLayers(made.training.graph);
  const parameters = made.weightInfos.filter(({ kind }) => kind === "parameter");
  const frozen = parameters.filter(({ trainable }) => !trainable).map(({ name }) => name);
  made.dispose();
  return {
    title: `training step, batch of ${batchSize}`,
    explanation,
    layers,
    frozen: { weights: frozen, of: parameters.length },
  };
};

/** The passes of that name; the same one may run several times. */
const runsOf = (name: string, { passes }: Explanation): Either<SvertkaError, readonly PassExplanation[]> => {
  const found = passes.filter((pass) => pass.name === name);
  const names = [...new Set(passes.map((pass) => pass.name))].join(", ");
  return found.length > 0
    ? E.right(found)
    : fail("BadOption", "--pass", `there is no pass '${name.slice(0, 40)}': the passes are ${names}`);
};

export const explain: Run = async ({ argument, flags, terminal }) => {
  const model = await orReject(loadModel(argument, modelOptions(flags)));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "training");
  const inference = await explainInference(model, backend);
  const training = model.task === undefined ? [] : [await explainTraining(model.task, backend)];
  const pass = textFlag(flags, "pass");
  const shown = [inference, ...training].map(({ explanation, ...rest }) => ({
    ...rest,
    explanation: pass === undefined ? explanation : { ...explanation, passes: orThrow(runsOf(pass, explanation)) },
  }));
  if (switchFlag(flags, "json")) {
    const [first, second] = shown.map(({ explanation }) => explanation);
    terminal.result(
      JSON.stringify({ inference: first, ...(second === undefined ? {} : { training: second }) }, undefined, 2),
    );
    return;
  }
  terminal.result(shown.map((one) => (pass === undefined ? explanationText(one) : passText(one))).join("\n\n"));
};

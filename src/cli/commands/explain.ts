/** `svertka explain`: what the compiler does to a model, for inference and, of a task, for its training step. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { operators } from "../../ops/registry.js";
import { compileGraph } from "../../run/compiled-graph.js";
import { explain as explainCompiled, type Explanation, type PassExplanation } from "../../run/explain.js";
import { inferenceGraph } from "../../run/inference-graph.js";
import { trainer } from "../../train/trainer.js";
import { trainerOptionsOf, type Task } from "../../train/task.js";
import { chooseBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { explanationText, kernelsText, passText, type Explained } from "../explanation-text.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadModel, modelOptions } from "../load-model.js";
import type { LoadedModel } from "../loaded-model.js";

const explainInference = async ({ graph, model }: LoadedModel, backend: Backend): Promise<Explained> => {
  const device = await orReject(backend.load);
  // A checkpoint has its graph only: its calls are attributed by the weights that they read.
  const made = model === undefined ? undefined : orThrow(inferenceGraph(model));
  const options = { registry: operators, device, stableWeights: true };
  const compiled = compileGraph(made?.graph ?? graph, options);
  const explanation = orThrow(explainCompiled(compiled, device, { batch: 1, layers: made?.model.layers ?? [] }));
  compiled.dispose();
  return { title: "inference, batch of 1", explanation };
};

const explainTraining = async (task: Task, backend: Backend): Promise<Explained> => {
  const { batchSize } = task;
  const made = await orReject(trainer({ ...trainerOptionsOf(task), backend }));
  const { training, device, layers } = made;
  const explanation = orThrow(explainCompiled(training, device, { batch: batchSize, layers }));
  const parameters = made.weightInfos.filter(({ kind }) => kind === "parameter");
  const frozen = parameters.filter(({ trainable }) => !trainable).map(({ name }) => name);
  made.dispose();
  return {
    title: `training step, batch of ${batchSize}`,
    explanation,
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
  const text = switchFlag(flags, "kernels") ? kernelsText : pass === undefined ? explanationText : passText;
  terminal.result(shown.map(text).join("\n\n"));
};

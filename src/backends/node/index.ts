/** The node backend: a whole graph, a training step with its update too, as one native call of TensorFlow; on a GPU where there is one. */
import { E, TE, type TaskEither, type Either } from "../../fp.js";
import type { SvertkaError } from "../../errors.js";
import type { Backend, GraphDevice } from "../backend.js";
import { loadAddon, type Addon } from "./addon.js";
import { loadGraph } from "./loaded-graph.js";
import { makeMemory } from "./memory.js";
import { applyOptions, type NodeOptions } from "./options.js";
import { target } from "./target.js";

export type { NodeOptions } from "./options.js";

/** A device of its own for each load: only the addon is shared. */
const deviceOf = ({ binding, package: source }: Addon): GraphDevice => {
  const memory = makeMemory(binding);
  return {
    kind: "graphs",
    name: "node",
    detail: `TensorFlow ${binding.TF_Version} of ${source}, on the ${binding.isUsingGpuDevice() ? "GPU" : "CPU"}`,
    target,
    load: (graph, options) => loadGraph(memory, graph, options),
    upload: memory.upload,
    read: (buffer) => Promise.resolve(memory.read(buffer)),
    retain: memory.retain,
    release: memory.release,
    memory: memory.use,
  };
};

const loadWith = (options: NodeOptions): TaskEither<SvertkaError, GraphDevice> =>
  TE.fromIOEither((): Either<SvertkaError, GraphDevice> => {
    const applied = applyOptions(options);
    if (E.isLeft(applied)) return applied;
    const addon = loadAddon();
    return E.isLeft(addon) ? addon : E.right(deviceOf(addon.right));
  });

/**
 * TensorFlow under Node with options; see {@link NodeOptions}. They hold for the process, and must be the same each time.
 *
 * Errors  BackendMissing when neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is there with its addon;
 *         BadOption for options that are no numbers, or differ from those that TensorFlow started with.
 *
 * @example
 * const onSecondGpu = nodeWith({ gpus: [1], memoryGrowth: true })
 */
export const nodeWith = (options: NodeOptions): Backend<GraphDevice> => ({
  name: "node",
  description: "TensorFlow itself, one native call for a whole graph or training step; on a GPU where there is one",
  load: loadWith(options),
});

/** TensorFlow under Node, as it starts by itself: on the first GPU where the GPU package is installed and there is one. */
export const node: Backend<GraphDevice> = nodeWith({});

/** The device of the node backend, or why its tests do not run here. */
import type { GraphDevice } from "../../../src/backends/backend.js";
import { node } from "../../../src/backends/node/index.js";
import { E } from "../../../src/fp.js";

export const missingAddon = "missing: TensorFlow's addon: node scripts/build-tensorflow-addon.mjs";

/** Undefined where the addon is not there; any other failure is one. */
export const nodeDevice = async (): Promise<GraphDevice | undefined> => {
  const loaded = await node.load();
  if (E.isRight(loaded)) return loaded.right;
  if (loaded.left.tag === "BackendMissing") return undefined;
  throw new Error(loaded.left.message);
};

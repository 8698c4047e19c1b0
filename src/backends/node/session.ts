/** A session of TensorFlow: a graph of ours, loaded from a saved model that lives in a temporary folder while it is read. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SvertkaFailure, mistake } from "../../errors.js";
import type { NativeTensor, TensorFlowBinding } from "./binding.js";
import { encodeSavedModel, servingTag } from "../../io/tensorflow/saved-model.js";
import type { NodeDef } from "../../io/tensorflow/saved_model_pb.js";

export interface Session {
  /** Feeds and fetches by node name, in one native call; the caller deletes what it fetched. */
  readonly run: (feeds: ReadonlyMap<string, number>, fetches: readonly string[]) => readonly NativeTensor[];
  readonly dispose: () => void;
}

export const openSession = (binding: TensorFlowBinding, nodes: readonly NodeDef[]): Session => {
  const folder = temporaryFolder();
  // Everything between is synchronous: only a killed process leaves the folder behind.
  try {
    writeGraph(join(folder, "saved_model.pb"), encodeSavedModel(nodes));
    const session = binding.loadSavedModel(folder, servingTag);
    return {
      run: (feeds, fetches) =>
        binding.runSavedModel(session, [...feeds.values()], outputsOf([...feeds.keys()]), outputsOf(fetches)),
      dispose: () => binding.deleteSavedModel(session),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** What the system refuses here (a full disk, a limit on files) is no bug of ours. */
const refused = (cause: unknown): SvertkaFailure => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "an error";
  return new SvertkaFailure(
    mistake(
      "BackendFailed",
      "node",
      `node: its graph cannot be written to ${tmpdir().slice(-60)}, the system says ${code}: make room there, set TMPDIR, or use another backend`,
    ),
  );
};

const temporaryFolder = (): string => {
  try {
    return mkdtempSync(join(tmpdir(), "svertka-graph-"));
  } catch (cause) {
    throw refused(cause);
  }
};

const writeGraph = (path: string, bytes: Uint8Array): void => {
  try {
    writeFileSync(path, bytes);
  } catch (cause) {
    throw refused(cause);
  }
};

/** `node` means its first output. */
const outputsOf = (names: readonly string[]): string =>
  names.map((name) => (name.includes(":") ? name : `${name}:0`)).join();

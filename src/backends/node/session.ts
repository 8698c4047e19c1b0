/** A session of TensorFlow: a graph of ours, loaded from a saved model that lives in a temporary folder while it is read. */
import { create, toBinary } from "@bufbuild/protobuf";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NativeTensor, TensorFlowBinding } from "./binding.js";
import { SavedModelSchema, type NodeDef } from "./saved_model_pb.js";

export interface Session {
  /** Feeds and fetches by node name, in one native call; the caller deletes what it fetched. */
  readonly run: (feeds: ReadonlyMap<string, number>, fetches: readonly string[]) => readonly NativeTensor[];
  readonly dispose: () => void;
}

/** Graph versions of TensorFlow 2.9: whoever is as new can read what is written. */
const graphVersion = 1087;

const tag = "serve";

export const openSession = (binding: TensorFlowBinding, nodes: readonly NodeDef[]): Session => {
  const saved = create(SavedModelSchema, {
    savedModelSchemaVersion: 1n,
    metaGraphs: [
      { metaInfoDef: { tags: [tag] }, graphDef: { node: [...nodes], versions: { producer: graphVersion } } },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), "svertka-graph-"));
  // Everything between is synchronous: only a killed process leaves the folder behind.
  try {
    writeFileSync(join(folder, "saved_model.pb"), toBinary(SavedModelSchema, saved));
    const session = binding.loadSavedModel(folder, tag);
    return {
      run: (feeds, fetches) =>
        binding.runSavedModel(session, [...feeds.values()], outputsOf([...feeds.keys()]), outputsOf(fetches)),
      dispose: () => binding.deleteSavedModel(session),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** `node` means its first output. */
const outputsOf = (names: readonly string[]): string =>
  names.map((name) => (name.includes(":") ? name : `${name}:0`)).join();

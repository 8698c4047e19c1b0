/** The bytes of a `saved_model.pb`: one graph, and the signatures by which others feed and fetch it. */
import { create, toBinary } from "@bufbuild/protobuf";
import type { TensorType } from "../../compiler/ir/type.js";
import { dataTypes, shapeMessage } from "./graph-writer.js";
import { SavedModelSchema, TensorInfoSchema, type NodeDef, type TensorInfo } from "./saved_model_pb.js";

/** A value of the graph under a name for others. */
export interface Port {
  readonly name: string;
  readonly node: string;
  readonly type: TensorType;
}

export interface Signature {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Graph versions of TensorFlow 2.9: whoever is as new can read what is written. */
const graphVersion = 1087;

/** The tag of graphs that serve; loaders ask for it. */
export const servingTag = "serve";

const infosOf = (ports: readonly Port[]): Record<string, TensorInfo> =>
  Object.fromEntries(
    ports.map(({ name, node, type: { dtype, shape } }) => [
      name,
      create(TensorInfoSchema, { name: `${node}:0`, dtype: dataTypes[dtype], tensorShape: shapeMessage(shape) }),
    ]),
  );

/** `serving_default` is the signature that TensorFlow Serving takes when none is named. */
export const encodeSavedModel = (nodes: readonly NodeDef[], signature?: Signature): Uint8Array =>
  toBinary(
    SavedModelSchema,
    create(SavedModelSchema, {
      savedModelSchemaVersion: 1n,
      metaGraphs: [
        {
          metaInfoDef: { tags: [servingTag] },
          graphDef: { node: [...nodes], versions: { producer: graphVersion } },
          signatureDef:
            signature === undefined
              ? {}
              : {
                  serving_default: {
                    inputs: infosOf(signature.inputs),
                    outputs: infosOf(signature.outputs),
                    methodName: "tensorflow/serving/predict",
                  },
                },
        },
      ],
    }),
  );

/** `svertka draw MODEL --kernels --layer NAME`, and a kernel of an .npy file: weights as pictures with their numbers. */
import { basename } from "node:path";
import { fail, orThrow, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { NdArray } from "../../data/nd-array.js";
import { outlineOf } from "../../run/inference-graph.js";
import { layerNamed, visibleName } from "../../run/layer-output.js";
import type { Drawing } from "../../viz/drawing.js";
import { kernelGrid } from "../../viz/kernel-grid.js";
import { listFlag, switchFlag } from "../flags.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";
import { openedModel, type OpenedModel } from "./opened-model.js";

/** The layer's weight that filters: the first of two axes or more. */
const kernelOf = ({ model, weights }: OpenedModel, name: string): Either<SvertkaError, NdArray<"f32">> =>
  pipe(
    outlineOf(model),
    E.flatMap(({ layers }) =>
      pipe(
        layerNamed(layers, name),
        E.flatMap((found) => {
          const own = layers.filter((layer) => layer.name === name || visibleName(layer) === name);
          const kernels = own
            .flatMap((layer) => layer.weights)
            .map((weight) => weights.get(weight))
            .filter((weight) => weight !== undefined)
            .filter(({ shape }) => shape.length >= 2);
          const [first] = kernels;
          if (first !== undefined) return E.right(first);
          const others = layers.filter((layer) =>
            layer.weights.some((one) => (weights.get(one)?.shape.length ?? 0) >= 2),
          );
          const names = [...new Set(others.map(visibleName))].slice(0, 4).join(", ");
          return fail(
            "BadOption",
            "--layer",
            `'${name.slice(0, 40)}' (${found.spec.name}) has no kernel: choose one that has${names === "" ? "" : `, as ${names}`}`,
          );
        }),
      ),
    ),
  );

const draw = async (call: DrawCall): Promise<Drawing> => {
  const { argument, flags, theme } = call;
  const [name, more] = listFlag(flags, "layer");
  if (name === undefined || more !== undefined)
    return orThrow(fail("BadOption", "--kernels", "the kernels of one layer are drawn: name it, as --layer conv2d"));
  const opened = await openedModel(call);
  const kernel = orThrow(kernelOf(opened, name));
  const title = `Kernel of ${name} [${kernel.shape.join(", ")}], ${basename(argument)}`;
  return orThrow(kernelGrid({ title, kernel, theme }));
};

export const drawKernels: DrawKind = {
  name: "kernels",
  isMeant: ({ flags }) => switchFlag(flags, "kernels"),
  flags: ["kernels", "layer", ...modelFlags],
  draw,
};

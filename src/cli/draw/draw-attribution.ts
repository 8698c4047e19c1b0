/** `svertka draw MODEL --image photo.png --grad-cam` or `--saliency`: which parts of a picture speak for a class. */
import { basename } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either, type TaskEither } from "../../fp.js";
import type { NdArray } from "../../data/nd-array.js";
import { attributionMaps, type AttributedImage } from "../../viz/attribution-maps.js";
import { gradCam, saliency, type Attribution, type SaliencyOptions } from "../../viz/attribution.js";
import type { Drawing } from "../../viz/drawing.js";
import { chooseBackend } from "../choose-backend.js";
import { listFlag, switchFlag, textFlag, wholeFlag, type Flags } from "../flags.js";
import { classNames } from "./class-names.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";
import { openedModel } from "./opened-model.js";
import { picturesIn } from "./pictures-in.js";
import { progressSteps } from "../progress-steps.js";

/** `--class`: a number, or one of the names. */
const classIndex = (flags: Flags, names: readonly string[] | undefined): Either<SvertkaError, number | undefined> => {
  const text = textFlag(flags, "class");
  const at = text === undefined ? -1 : (names?.indexOf(text) ?? -1);
  if (at >= 0) return E.right(at);
  if (text !== undefined && names !== undefined && !/^\d+$/.test(text))
    return fail(
      "BadOption",
      "--class",
      `'${text.slice(0, 40)}' is none of the class names: they are ${names.slice(0, 8).join(", ").slice(0, 90)}`,
    );
  return wholeFlag(flags, "class", 0);
};

type Explain = (
  call: DrawCall,
  options: SaliencyOptions,
) => (model: Parameters<typeof saliency>[0], x: NdArray<"f32">) => TaskEither<SvertkaError, readonly Attribution[]>;

const drawWith =
  (what: string, explain: Explain) =>
  async (call: DrawCall): Promise<Drawing> => {
    const { argument, flags, terminal, theme, colours } = call;
    const names = await orReject(classNames(textFlag(flags, "classNames")));
    const chosen = orThrow(classIndex(flags, names));
    if (listFlag(flags, "image").length === 0)
      return orThrow(fail("BadOption", "--image", `${what} is of a picture: give --image photo.png`));
    const { model, weights, loaded } = await openedModel(call);
    const pictures = orThrow(await picturesIn(listFlag(flags, "image"), loaded.graphs.inputs));
    const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "training");
    const explained = explain(call, { backend, weights, classIndex: chosen });
    const steps = progressSteps(terminal, "pictures", pictures.length);
    const images: AttributedImage[] = [];
    let by = "";
    for (const { label, array, pixels } of pictures) {
      const [found] = await orReject(explained(model, array));
      if (found === undefined) continue;
      by = found.layer;
      const name = names?.[found.classIndex] ?? `class ${found.classIndex}`;
      images.push({ label, caption: `for ${name}`, pixels, map: found.map });
      steps.done(images.length);
    }
    steps.close();
    const place = by === "input" ? "" : ` at ${by}`;
    return orThrow(attributionMaps({ title: `${what}${place}, ${basename(argument)}`, images, colours, theme }));
  };

const flags = ["image", "class", "classNames", "colours", "backend", ...modelFlags];

export const drawGradCam: DrawKind = {
  name: "Grad-CAM",
  isMeant: (call) => switchFlag(call.flags, "gradCam"),
  flags: ["gradCam", "layer", ...flags],
  draw: drawWith("Grad-CAM", ({ flags: given }, options) => (model, x) => {
    const [layer, more] = listFlag(given, "layer");
    if (more !== undefined) orThrow(fail("BadOption", "--layer", "Grad-CAM is of one layer: name one"));
    return gradCam(model, x, { ...options, layer });
  }),
};

export const drawSaliency: DrawKind = {
  name: "saliency",
  isMeant: (call) => switchFlag(call.flags, "saliency"),
  flags: ["saliency", ...flags],
  draw: drawWith("Saliency", (_, options) => (model, x) => saliency(model, x, options)),
};

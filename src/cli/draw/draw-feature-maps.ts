/** `svertka draw MODEL --layer NAME --image photo.png`: what layers give for pictures. */
import { basename } from "node:path";
import { orReject, orThrow } from "../../errors.js";
import { compileLayers } from "../../run/compile-layers.js";
import { featureMaps, type SeenImage } from "../../viz/feature-maps.js";
import type { Drawing } from "../../viz/drawing.js";
import { chooseBackend } from "../choose-backend.js";
import { listFlag, textFlag } from "../flags.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";
import { openedModel } from "./opened-model.js";
import { channelList, picturesIn } from "./pictures-in.js";
import { progressSteps } from "../progress-steps.js";

const draw = async (call: DrawCall): Promise<Drawing> => {
  const { argument, flags, terminal, theme, colours } = call;
  const channels = orThrow(channelList(textFlag(flags, "channels")));
  const { model, weights, loaded } = await openedModel(call);
  const layers = [...new Set(listFlag(flags, "layer"))];
  const pictures = orThrow(await picturesIn(listFlag(flags, "image"), loaded.graphs.inputs));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "inference");
  const inside = await orReject(compileLayers(model, { backend, weights, layers }));
  const steps = progressSteps(terminal, "pictures", pictures.length);
  const images: SeenImage[] = [];
  for (const { label, array, pixels } of pictures) {
    const outputs = await orReject(inside.predict(array));
    const maps = layers.flatMap((name) => {
      const output = outputs[name];
      return output === undefined ? [] : [{ name, maps: output }];
    });
    images.push({ label, pixels, layers: maps });
    steps.done(images.length);
  }
  steps.close();
  inside.dispose();
  const title = `${layers.length === 1 ? layers[0] : "Layers"} of ${basename(argument)}`;
  return orThrow(featureMaps({ title, images, channels, colours, theme }));
};

export const drawFeatureMaps: DrawKind = {
  name: "feature maps",
  isMeant: ({ flags }) => listFlag(flags, "image").length > 0 && listFlag(flags, "layer").length > 0,
  flags: ["layer", "image", "channels", "colours", "backend", ...modelFlags],
  draw,
};

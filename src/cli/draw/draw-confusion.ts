/** `svertka draw MODEL --x x.npy --y y.npy`: the confusion matrix, or with `--misclassified` what the net gets wrong. */
import { basename } from "node:path";
import { fail, orReject, orThrow } from "../../errors.js";
import { confusionMatrix } from "../../viz/confusion-matrix.js";
import type { Drawing } from "../../viz/drawing.js";
import { misclassified } from "../../viz/misclassified.js";
import { switchFlag, textFlag } from "../flags.js";
import { classNames } from "./class-names.js";
import { judgedData } from "./judged-data.js";
import { modelFlags, type DrawCall, type DrawKind } from "./kind.js";

const drawMatrix = async (call: DrawCall): Promise<Drawing> => {
  const names = await orReject(classNames(textFlag(call.flags, "classNames")));
  const { predicted, labels } = await judgedData(call);
  const title = `Confusion matrix of ${basename(call.argument)}`;
  return orThrow(confusionMatrix({ title, actual: labels, predicted, classNames: names, theme: call.theme }));
};

const drawMistakes = async (call: DrawCall): Promise<Drawing> => {
  const names = await orReject(classNames(textFlag(call.flags, "classNames")));
  const { x, predicted, labels } = await judgedData(call);
  if (x === undefined || predicted.dtype !== "f32")
    return orThrow(fail("BadOption", "--misclassified", "the pictures are needed: give a model with --x and --y"));
  const title = basename(call.argument);
  return orThrow(
    misclassified({ title, images: x, probabilities: predicted, labels, classNames: names, theme: call.theme }),
  );
};

const flags = ["x", "y", "classNames", ...modelFlags];

export const drawMisclassified: DrawKind = {
  name: "misclassified examples",
  isMeant: (call) => switchFlag(call.flags, "misclassified"),
  flags: ["misclassified", ...flags],
  draw: drawMistakes,
};

export const drawConfusion: DrawKind = {
  name: "a confusion matrix",
  isMeant: (call) => "x" in call.flags || "y" in call.flags,
  flags,
  draw: drawMatrix,
};

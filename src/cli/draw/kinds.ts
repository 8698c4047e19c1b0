/** The kinds of drawings: the first that a call means is drawn. */
import { drawConfusion, drawMisclassified } from "./draw-confusion.js";
import { drawFeatureMaps } from "./draw-feature-maps.js";
import { drawHistory } from "./draw-history.js";
import { drawKernelFile } from "./draw-kernel-file.js";
import { drawKernels } from "./draw-kernels.js";
import { drawModel } from "./draw-model.js";
import type { DrawKind } from "./kind.js";

export const drawKinds: readonly DrawKind[] = [
  drawMisclassified,
  drawConfusion,
  drawKernels,
  drawFeatureMaps,
  drawHistory,
  drawKernelFile,
  drawModel,
];

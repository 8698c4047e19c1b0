/** The kinds of drawings: the first that a call means is drawn. */
import { drawGradCam, drawSaliency } from "./draw-attribution.js";
import { drawConfusion, drawMisclassified } from "./draw-confusion.js";
import { drawFeatureMaps } from "./draw-feature-maps.js";
import { drawHistory } from "./draw-history.js";
import { drawKernelFile } from "./draw-kernel-file.js";
import { drawKernels } from "./draw-kernels.js";
import { drawModel } from "./draw-model.js";
import { drawPasses } from "./draw-passes.js";
import type { DrawKind } from "./kind.js";

export const drawKinds: readonly DrawKind[] = [
  drawPasses,
  drawGradCam,
  drawSaliency,
  drawMisclassified,
  drawConfusion,
  drawKernels,
  drawFeatureMaps,
  drawHistory,
  drawKernelFile,
  drawModel,
];

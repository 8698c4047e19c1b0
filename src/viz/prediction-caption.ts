/** What stands under a classified picture: the class and how sure the net is; the true class where it is another. */
import type { CaptionedImage } from "./image-grid.js";

export type Prediction = {
  readonly predicted: string;
  /** In [0, 1]. */
  readonly probability: number;
  /** The true class, where it is known. */
  readonly actual?: string;
};

/** Two lines, so that all captions of a grid are of one height; red where the net is wrong. */
export const predictionCaption = ({
  predicted,
  probability,
  actual,
}: Prediction): Pick<CaptionedImage, "caption" | "tone"> => {
  const said = `${predicted} ${Math.round(100 * probability)} %`;
  if (actual === undefined) return { caption: said, tone: "plain" };
  return predicted === actual ? { caption: said, tone: "good" } : { caption: `${said}\nis ${actual}`, tone: "bad" };
};

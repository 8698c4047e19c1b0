/** Pictures as SVG. Free of Node; `svertka/viz/node` writes them, as SVG or PNG. */
export { gradCam, saliency, type Attribution, type GradCamOptions, type SaliencyOptions } from "./attribution.js";
export { attributionMaps, type AttributedImage, type AttributionMapsOptions } from "./attribution-maps.js";
export { colourMapNames, type ColourMapName } from "./colour-map.js";
export { confusionMatrix, type ConfusionMatrixOptions } from "./confusion-matrix.js";
export type { ClassesRequest } from "./classes.js";
export type { Drawing } from "./drawing.js";
export { drawablePixels } from "./drawable-pixels.js";
export { featureMaps, type FeatureMapsOptions, type LayerMaps, type SeenImage } from "./feature-maps.js";
export { historyChart, type HistoryChartOptions } from "./history-chart.js";
export { historyPanels, type HistoryColumns, type Panel, type Series } from "./history-panels.js";
export { imageGrid, type CaptionedImage, type ImageGridOptions, type Tone } from "./image-grid.js";
export { kernelGrid, type KernelGridOptions } from "./kernel-grid.js";
export { misclassified, type MisclassifiedOptions } from "./misclassified.js";
export { modelGraph, type ModelGraphOptions } from "./model-graph.js";
export { passesGraph, type PassesGraphOptions } from "./passes-graph.js";
export { toPicture, type Picture } from "./picture.js";
export { predictionCaption, type Prediction } from "./prediction-caption.js";
export type { ThemeName } from "./theme.js";

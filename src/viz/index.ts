/** Pictures as SVG text. Free of Node; `svertka/viz/node` makes PNG of them. */
export { historyChart, type HistoryChartOptions } from "./history-chart.js";
export { historyPanels, type HistoryColumns, type Panel, type Series } from "./history-panels.js";
export { imageGrid, type CaptionedImage, type ImageGridOptions, type Tone } from "./image-grid.js";
export { toPicture, type Picture } from "./picture.js";
export { predictionCaption, type Prediction } from "./prediction-caption.js";

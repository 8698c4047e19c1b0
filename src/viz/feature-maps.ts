/** What layers give for images, channel by channel: as Zeiler & Fergus 2013 (arXiv:1311.2901) look into a net. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import { colourMap, type ColourMapName } from "./colour-map.js";
import { page, type Content, type Drawing } from "./drawing.js";
import { mapPanels, type MapPanel } from "./map-panels.js";
import { mapTable } from "./map-table.js";
import { toPicture, type Picture } from "./picture.js";
import { themeOf, type ThemeName } from "./theme.js";
import { channelPlane, rangeOf, valueMap, type Range } from "./value-map.js";

export interface LayerMaps {
  /** The layer's name. */
  readonly name: string;
  /** `[h, w, c]` of one image, or `[1, h, w, c]`, as `compileLayers` gives it. */
  readonly maps: NdArray<"f32">;
}

export interface SeenImage {
  readonly label: string;
  /** `[h, w]` or `[h, w, 1 | 3 | 4]`: f32 in [0, 1], or bytes. */
  readonly pixels: NdArray;
  /** The same layers for every image. */
  readonly layers: readonly LayerMaps[];
}

export interface FeatureMapsOptions {
  readonly title: string;
  readonly images: readonly SeenImage[];
  /** Which channels; the first 64 when not given. */
  readonly channels?: readonly number[] | undefined;
  /** "inferno" when not given. */
  readonly colours?: ColourMapName | undefined;
  readonly theme?: ThemeName | undefined;
}

/** Channels that are drawn of a layer, when none are named. */
const mostChannels = 64;
/** Images that stand side by side. */
const mostImages = 16;

const shapeText = ({ shape }: NdArray): string => `[${shape.join(", ")}]`;

/** `[h, w, c]` of one image. */
const asImage = ({ name, maps }: LayerMaps): Either<SvertkaError, LayerMaps> => {
  const shape = maps.shape.length === 4 && maps.shape[0] === 1 ? maps.shape.slice(1) : maps.shape;
  return shape.length === 3 && shape.every((size) => size > 0)
    ? E.right({ name, maps: f32(shape, maps.data) })
    : fail(
        "BadData",
        name,
        `feature maps: the layer gives ${shapeText(maps)} for an image, [height, width, channels] is needed: choose a layer that gives images`,
      );
};

const chosenChannels = (
  { name, maps }: LayerMaps,
  channels: readonly number[] | undefined,
): Either<SvertkaError, readonly number[]> => {
  const count = maps.shape[2] ?? 0;
  if (channels === undefined) return E.right(Array.from({ length: Math.min(count, mostChannels) }, (_, i) => i));
  const bad = channels.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= count);
  if (bad === undefined && channels.length > 0) return E.right(channels);
  return fail(
    "BadOption",
    name,
    `feature maps: ${bad === undefined ? "no channel is named" : `channel ${bad} of ${count}`}, 0 to ${count - 1} are there: name some of these`,
  );
};

/** One layer for all images: the maps of a channel share their range, so that images can be compared. */
const layerPanels = (
  layers: readonly LayerMaps[],
  channels: readonly number[],
  colours: ColourMapName,
): Either<SvertkaError, readonly MapPanel[]> => {
  const map = colourMap(colours);
  const planes = layers.map(({ maps }) => channels.map((channel) => channelPlane(maps.shape, maps.data, channel)));
  const ranges = channels.map((channel): Range =>
    rangeOf(layers.map(({ maps: { shape, data } }) => valuesOf(data, channel, shape[2] ?? 1))),
  );
  return pipe(
    planes,
    E.traverseArray((ofImage) =>
      pipe(
        ofImage,
        E.traverseArrayWithIndex((i, plane) => valueMap(plane, ranges[i] ?? { low: 0, high: 1 }, map)),
        E.map((pictures) => ({ pictures, labels: channels.map(String) })),
      ),
    ),
  );
};

const valuesOf = (data: Float32Array, channel: number, channels: number): readonly number[] =>
  Array.from({ length: data.length / channels }, (_, i) => data[i * channels + channel] ?? 0);

export interface DrawnLayer {
  readonly name: string;
  /** `26 × 26, 8 of 64 channels`. */
  readonly note: string;
  /** One an image. */
  readonly panels: readonly MapPanel[];
}

const drawnLayer = (
  layers: readonly LayerMaps[],
  { channels, colours = "inferno" }: FeatureMapsOptions,
): Either<SvertkaError, DrawnLayer> =>
  pipe(
    layers,
    E.traverseArray(asImage),
    E.flatMap((images) => {
      const [first] = images;
      const other = images.find(({ maps }) => maps.shape[2] !== first?.maps.shape[2]);
      if (first === undefined || other !== undefined)
        return fail("BadData", other?.name ?? "", "feature maps: the images' layers differ: give the same for each");
      return pipe(
        chosenChannels(first, channels),
        E.flatMap((chosen) =>
          pipe(
            layerPanels(images, chosen, colours),
            E.map((panels) => {
              const [height = 0, width = 0, count = 0] = first.maps.shape;
              const many = chosen.length === count ? `${count}` : `${chosen.length} of ${count}`;
              return {
                name: first.name,
                note: `${height} × ${width}, ${many} ${count === 1 ? "channel" : "channels"}`,
                panels,
              };
            }),
          ),
        ),
      );
    }),
  );

const layersOf = (options: FeatureMapsOptions): Either<SvertkaError, readonly DrawnLayer[]> => {
  const [first] = options.images;
  return pipe(
    first?.layers ?? [],
    E.traverseArrayWithIndex((i, { name }) => {
      const same = options.images.flatMap(({ layers }) => layers.slice(i, i + 1));
      return same.length === options.images.length && same.every((layer) => layer.name === name)
        ? drawnLayer(same, options)
        : fail("BadData", name, "feature maps: the images' layers differ: give the same for each");
    }),
  );
};

/** A few maps stand in a table, with the images as rows; many in a square for each image. */
const content = (
  pictures: readonly Picture[],
  layers: readonly DrawnLayer[],
  { images, theme }: FeatureMapsOptions,
): Content => {
  const seen = images
    .map(({ label }, i) => ({ label, picture: pictures[i] }))
    .flatMap(({ label, picture }) => (picture === undefined ? [] : [{ label, picture }]));
  const columns = layers.reduce((sum, { panels }) => sum + (panels[0]?.pictures.length ?? 0), 0);
  return columns <= 8 ? mapTable(seen, layers, themeOf(theme)) : mapPanels(seen, layers, themeOf(theme));
};

/**
 * The maps of layers on images, side by side, each channel from its least value (the first colour) to its greatest.
 *
 * Errors  BadData for a layer that gives no image, for images whose layers differ, and where nothing is to be drawn;
 *         BadOption for a channel that is not there and for more than 16 images.
 *
 * @example
 * const inside = await orReject(compileLayers(net, { backend: wasm, weights, layers: ["conv2d"] }))
 * const { conv2d } = await orReject(inside.predict(image)) // image is [1, 28, 28, 1]
 * const drawing = featureMaps({
 *   title: "What conv2d sees",
 *   images: [{ label: "boot", pixels, layers: [{ name: "conv2d", maps: conv2d }] }],
 *   colours: "viridis",
 * })
 */
export const featureMaps = (options: FeatureMapsOptions): Either<SvertkaError, Drawing> => {
  const { title, images, theme, colours = "inferno" } = options;
  if (images.every(({ layers }) => layers.length === 0))
    return fail("BadData", title, "feature maps: no image or no layer, at least 1 of each is needed: give some");
  if (images.length > mostImages)
    return fail("BadOption", title, `feature maps: ${images.length} images, at most ${mostImages}: give fewer`);
  return pipe(
    E.Do,
    E.bind("pictures", () => E.traverseArray(({ pixels }: SeenImage) => toPicture(pixels))(images)),
    E.bind("layers", () => layersOf(options)),
    E.map(({ pictures, layers }) =>
      page({
        title,
        notes: [`${colours}: each channel from its least value (dark) to its greatest (light)`],
        theme,
        ...content(pictures, layers, options),
      }),
    ),
  );
};

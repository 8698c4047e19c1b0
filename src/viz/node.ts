/** Drawings as files under Node. PNG by resvg as WebAssembly and fonts from npm packages, so that it needs no system font and no build. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fail, mistake, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { writeAtomically } from "../io/node/whole-files.js";
import type { Drawing } from "./drawing.js";

export * from "./index.js";

export type PngOptions = {
  /** Pixels of the PNG to a pixel of the SVG; 2 by default, for sharp text. */
  readonly scale?: number;
};

type Resvg = typeof import("@resvg/resvg-wasm").Resvg;

type Renderer = { readonly Resvg: Resvg; readonly fonts: readonly Uint8Array[] };

const require = createRequire(import.meta.url);

/** The most pixels of a PNG: 256 MiB while it is drawn. */
const MOST_PIXELS = 2 ** 26;

const load = async (): Promise<Renderer> => {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const fonts = await Promise.all([
    readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
    readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")),
  ]);
  // The module can be initialised once in a process; somebody else having done so is fine.
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm"))).catch((cause: unknown) => {
    if (!String(cause).includes("Already initialized")) throw cause;
  });
  return { Resvg, fonts };
};

let loading: Promise<Renderer> | undefined;

/** Loads the renderer once, some 20 ms; after a failure the next call tries again. */
const renderer: TaskEither<SvertkaError, Renderer> = TE.tryCatch(
  () =>
    (loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw cause;
    })),
  () =>
    mistake(
      "BackendMissing",
      "png",
      "PNG: a package cannot be loaded: npm install @resvg/resvg-wasm dejavu-fonts-ttf, or write .svg",
    ),
);

const draw = ({ Resvg, fonts }: Renderer, svg: string, scale: number): Either<SvertkaError, Uint8Array> => {
  const damaged = (cause: unknown): SvertkaError =>
    mistake("BadData", "png", `SVG: cannot be drawn (${String(cause).slice(0, 100)}): check the SVG`);
  const font = { fontBuffers: [...fonts], defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  return pipe(
    E.tryCatch(() => new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale } }), damaged),
    E.chain((image) => {
      const pixels = image.width * scale * image.height * scale;
      if (pixels > MOST_PIXELS) {
        image.free();
        return fail(
          "BadOption",
          "png",
          `PNG: ${Math.ceil(pixels)} pixels, at most ${MOST_PIXELS} can be drawn: give a smaller scale`,
        );
      }
      const png = E.tryCatch(() => {
        const rendered = image.render();
        const bytes = rendered.asPng();
        rendered.free(); // WebAssembly's memory is not collected
        return bytes;
      }, damaged);
      image.free();
      return png;
    }),
  );
};

/** A PNG of a drawing or of SVG text; what the SVG does not say (ground, fonts) is transparent and DejaVu Sans. */
export const svgToPng = (svg: Drawing | string, { scale = 2 }: PngOptions = {}): TaskEither<SvertkaError, Uint8Array> =>
  Number.isFinite(scale) && scale > 0
    ? pipe(
        renderer,
        TE.flatMapEither((loaded) => draw(loaded, String(svg), scale)),
      )
    : TE.left(mistake("BadOption", "png", `PNG: scale ${scale}, a number above 0 is needed: give another`));

/** How a drawing is written, by the file's ending. */
const formats: Readonly<
  Record<string, (drawing: Drawing, options: PngOptions) => TaskEither<SvertkaError, Uint8Array | string>>
> = {
  ".svg": ({ svg }) => TE.right(`${svg}\n`),
  ".png": svgToPng,
};

const formatOf = (path: string): (typeof formats)[string] | undefined => formats[extname(path).toLowerCase()];

/** What is wrong with a path to draw to, before anything is computed. */
export const drawingPathProblem = (path: string): SvertkaError | undefined =>
  formatOf(path) === undefined
    ? mistake(
        "BadOption",
        path,
        `drawing: ${extname(path) === "" ? "the name has no ending" : `'${extname(path).slice(0, 20)}' is no format of drawings`}: end it in ${Object.keys(formats).join(" or ")}`,
      )
    : undefined;

/**
 * Writes a drawing as its path says, FILE.svg or FILE.png, whole or not at all.
 *
 * Errors  BadOption for another ending, BadFile where the system refuses, those of {@link svgToPng}.
 *
 * @example
 * await orReject(writeDrawing("edges.png", orThrow(kernelGrid({ title: "Edges", kernel }))))
 */
export const writeDrawing = (
  path: string,
  drawing: Drawing,
  options: PngOptions = {},
): TaskEither<SvertkaError, void> => {
  const format = formatOf(path);
  if (format === undefined)
    return TE.left(
      drawingPathProblem(path) ?? mistake("BadOption", path, "drawing: no format: end it in .svg or .png"),
    );
  return pipe(
    format(drawing, options),
    TE.flatMap((content) => writeAtomically(path, content)),
  );
};

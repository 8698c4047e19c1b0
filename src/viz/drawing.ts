/** A finished drawing: SVG text and its size; a notebook shows it by itself. */
import { fontFamily, textWidth, themeOf, xmlText, type ThemeName } from "./theme.js";

/** By this method notebooks of Deno ask a value how it looks: media types with their texts. */
const jupyterDisplay = Symbol.for("Jupyter.display");

/** An SVG image. `toString()` gives its text; where a cell of a Deno notebook ends in one, the picture stands below the cell. */
export class Drawing {
  constructor(
    readonly svg: string,
    /** Pixels. */
    readonly width: number,
    readonly height: number,
  ) {}

  toString(): string {
    return this.svg;
  }

  [jupyterDisplay](): { readonly "image/svg+xml": string } {
    return { "image/svg+xml": this.svg };
  }
}

/** What stands on a page. */
export interface Content {
  readonly width: number;
  readonly height: number;
  /** SVG elements, from (0, 0) on. */
  readonly body: string;
}

export interface Page extends Content {
  readonly title: string;
  /** Lines below the title, in the colour of notes. */
  readonly notes?: readonly string[];
  readonly theme: ThemeName | undefined;
}

/** Pixels. */
const MARGIN = 24;
const TITLE_SIZE = 16;
const NOTE_SIZE = 12;
const NOTE_LINE = 18;

/** The content under its title and notes, with a margin around all. */
export const page = ({ title, notes = [], theme, width, height, body }: Page): Drawing => {
  const { ground, text, faint } = themeOf(theme);
  const head = (title === "" ? 0 : 26) + notes.length * NOTE_LINE + (title === "" && notes.length === 0 ? 0 : 12);
  const widest = Math.max(
    width,
    textWidth(title, TITLE_SIZE) * 1.1,
    ...notes.map((note) => textWidth(note, NOTE_SIZE) * 0.94),
  );
  const pageWidth = Math.ceil(widest + 2 * MARGIN);
  const pageHeight = Math.ceil(height + head + 2 * MARGIN);
  const noteTop = MARGIN + (title === "" ? 12 : 38);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pageWidth}" height="${pageHeight}" viewBox="0 0 ${pageWidth} ${pageHeight}" font-family="${fontFamily}">`,
    `<rect width="100%" height="100%" fill="${ground}"/>`,
    title === ""
      ? ""
      : `<text x="${MARGIN}" y="${MARGIN + 14}" font-size="${TITLE_SIZE}" font-weight="bold" fill="${text}">${xmlText(title)}</text>`,
    ...notes.map(
      (note, i) =>
        `<text x="${MARGIN}" y="${noteTop + i * NOTE_LINE}" font-size="${NOTE_SIZE}" fill="${faint}">${xmlText(note)}</text>`,
    ),
    `<g transform="translate(${MARGIN} ${MARGIN + head})">`,
    body,
    "</g>",
    "</svg>",
  ];
  return new Drawing(svg.filter((line) => line !== "").join("\n"), pageWidth, pageHeight);
};

/** Colours, font and sizes that all pictures share: light or dark, legible when printed and to colour-blind eyes. */

/** The ground that a picture stands on. */
export type ThemeName = "light" | "dark";

/** The family that `svgToPng` brings along; in a browser the next that is there. */
export const fontFamily = "DejaVu Sans, Verdana, sans-serif";

/** What colours are for. Data is drawn in hues of Okabe & Ito 2008, which are told apart with every kind of colour vision. */
export interface Theme {
  readonly ground: string;
  readonly text: string;
  /** Of what stands beside the point: axes, notes. At least 4.5 : 1 against the ground (WCAG 2.1, AA). */
  readonly faint: string;
  readonly rule: string;
  /** Of boxes and frames upon the ground. */
  readonly panel: string;
  readonly train: string;
  readonly validation: string;
  readonly bad: string;
}

const light: Theme = {
  ground: "#ffffff",
  text: "#222222",
  faint: "#666666",
  rule: "#e3e3e3",
  panel: "#f5f5f5",
  train: "#0072b2",
  validation: "#d55e00",
  bad: "#c01722",
};

const dark: Theme = {
  ground: "#16181d",
  text: "#ececec",
  faint: "#a3a7b0",
  rule: "#363a43",
  panel: "#20232a",
  train: "#56b4e9",
  validation: "#e69f00",
  bad: "#ff7b7b",
};

export const themeOf = (name: ThemeName = "light"): Theme => (name === "dark" ? dark : light);

/** DejaVu Sans is wide: letters take some 0.62 of the font size on average, capitals and digits included. */
export const textWidth = (text: string, fontSize: number): number => 0.62 * fontSize * Array.from(text).length;

/** The text where it fits in this many pixels, else its two ends, which tell layers and classes apart. */
export const fittingText = (text: string, fontSize: number, width: number): string => {
  const letters = Array.from(text);
  const room = Math.max(3, Math.floor(width / (0.62 * fontSize)));
  if (letters.length <= room) return text;
  const tail = Math.floor((room - 1) / 2);
  return `${letters.slice(0, room - 1 - tail).join("")}…${tail === 0 ? "" : letters.slice(-tail).join("")}`;
};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in XML: escaped, and without the control characters that XML forbids. */
export const xmlText = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- the control characters are the point
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (c) => escapes[c] ?? c);

/** Colours, font and sizes that all pictures share: a light ground, legible when printed and to colour-blind eyes. */

/** The family that `svgToPng` brings along; in a browser the next that is there. */
export const fontFamily = "DejaVu Sans, Verdana, sans-serif";

/** Okabe & Ito 2008: told apart with every kind of colour vision. */
export const colours = {
  ground: "#ffffff",
  text: "#222222",
  faint: "#666666",
  rule: "#e3e3e3",
  train: "#0072b2",
  validation: "#d55e00",
  bad: "#c01722",
  good: "#222222",
} as const;

/** DejaVu Sans is wide: letters take some 0.62 of the font size on average, capitals and digits included. */
export const textWidth = (text: string, fontSize: number): number => 0.62 * fontSize * Array.from(text).length;

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand in XML: escaped, and without the control characters that XML forbids. */
export const xmlText = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- the control characters are the point
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (c) => escapes[c] ?? c);

/** A few maps: a table with an image a row and a channel of a layer a column. */
import type { Content } from "./drawing.js";
import type { DrawnLayer } from "./feature-maps.js";
import { fittedBox, imageElement } from "./image-element.js";
import type { LabelledPicture } from "./map-panels.js";
import { fittingText, xmlText, type Theme } from "./theme.js";

/** Pixels. */
const SIDE = 144;
const GAP = 12;
const HEAD = 40;
const FOOT = 22;

const headed = (lines: readonly [string, string], x: number, { text, faint }: Theme): string =>
  lines
    .map(
      (line, i) =>
        `<text x="${x + SIDE / 2}" y="${12 + 16 * i}" font-size="${i === 0 ? 12 : 11}" text-anchor="middle" fill="${i === 0 ? text : faint}">${xmlText(fittingText(line, 11, SIDE + GAP - 4))}</text>`,
    )
    .join("");

export const mapTable = (images: readonly LabelledPicture[], layers: readonly DrawnLayer[], theme: Theme): Content => {
  const columns = layers.flatMap(({ name, note, panels }) =>
    (panels[0]?.labels ?? []).map((label, channel) => ({
      head: [name, `channel ${label}, ${note.split(",")[0] ?? ""}`] as const,
      pictures: panels.map(({ pictures }) => pictures[channel]),
    })),
  );
  const cells = images.flatMap(({ label, picture }, row) => {
    const y = HEAD + row * (SIDE + FOOT);
    const named = `<text x="${SIDE / 2}" y="${y + SIDE + 14}" font-size="11" text-anchor="middle" fill="${theme.text}">${xmlText(fittingText(label, 11, SIDE))}</text>`;
    const maps = [picture, ...columns.map(({ pictures }) => pictures[row])].flatMap((one, column) =>
      one === undefined
        ? []
        : [imageElement(one, fittedBox(one, { x: column * (SIDE + GAP), y, width: SIDE, height: SIDE }))],
    );
    return [named, ...maps];
  });
  const heads = columns.map(({ head }, i) => headed(head, (i + 1) * (SIDE + GAP), theme));
  return {
    width: (columns.length + 1) * (SIDE + GAP) - GAP,
    height: HEAD + images.length * (SIDE + FOOT),
    body: [...heads, headed(["input", ""], 0, theme), ...cells].join("\n"),
  };
};

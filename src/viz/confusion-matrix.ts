/** What a classifier takes for what: a row for each true class, a column for each that it says. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { labelledClasses, type ClassesRequest, type LabelledClasses } from "./classes.js";
import { between, hex, inkOn } from "./colour-map.js";
import { page, type Content, type Drawing } from "./drawing.js";
import { imageElement } from "./image-element.js";
import { fittingText, textWidth, themeOf, xmlText, type Theme, type ThemeName } from "./theme.js";
import { valueMap } from "./value-map.js";

export interface ConfusionMatrixOptions extends ClassesRequest {
  /** "light" when not given. */
  readonly theme?: ThemeName | undefined;
}

/** Counts by true class and said class. */
interface Confusion extends LabelledClasses {
  readonly at: (actual: number, predicted: number) => number;
  /** Examples of a true class. */
  readonly total: (actual: number) => number;
}

const confusionOf = (classes: LabelledClasses): Confusion => {
  const { count, actual, predicted } = classes;
  const counts = new Uint32Array(count * count);
  const totals = new Uint32Array(count);
  actual.data.forEach((label, i) => {
    const place = label * count + (predicted.data[i] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
    totals[label] = (totals[label] ?? 0) + 1;
  });
  return { ...classes, at: (row, column) => counts[row * count + column] ?? 0, total: (row) => totals[row] ?? 0 };
};

const numbersTo = (end: number): readonly number[] => Array.from({ length: end }, (_, i) => i);

interface Mistaken {
  readonly actual: number;
  readonly predicted: number;
  readonly times: number;
}

/** The pairs that are confused most often. */
const commonest = ({ count, at }: Confusion, most: number): readonly Mistaken[] => {
  const all: Mistaken[] = [];
  for (let actual = 0; actual < count; actual++)
    for (let predicted = 0; predicted < count; predicted++) {
      const times = actual === predicted ? 0 : at(actual, predicted);
      if (times > 0) all.push({ actual, predicted, times });
    }
  return all.toSorted((a, b) => b.times - a.times).slice(0, most);
};

const grouped = new Intl.NumberFormat("en-GB");
const percent = (share: number): string => `${(100 * share).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;

/** A cell's share of its row, so that rare classes are seen as well as common ones. */
const shareAt = ({ at, total }: Confusion, row: number, column: number): number =>
  total(row) === 0 ? 0 : at(row, column) / total(row);

/** Classes whose counts can be read. */
const mostCells = 40;
/** Pixels. */
const LABEL = 150;

interface Sizes {
  readonly cell: number;
  readonly font: number;
}

const sizesOf = (count: number): Sizes =>
  count <= 12 ? { cell: 48, font: 12.5 } : count <= 20 ? { cell: 36, font: 11 } : { cell: 25, font: 9 };

const cellsOf = (confusion: Confusion, { cell, font }: Sizes, theme: Theme): readonly string[] => {
  const shade = between(theme.panel, theme.train);
  return numbersTo(confusion.count ** 2).map((i) => {
    const [row, column] = [Math.floor(i / confusion.count), i % confusion.count];
    const value = confusion.at(row, column);
    const colour = shade(shareAt(confusion, row, column));
    const [x, y] = [column * cell, row * cell];
    const text =
      value === 0
        ? ""
        : `<text x="${x + cell / 2}" y="${y + cell / 2 + font * 0.36}" font-size="${font}" text-anchor="middle" fill="${inkOn(colour)}">${value}</text>`;
    return `<rect x="${x + 0.5}" y="${y + 0.5}" width="${cell - 1}" height="${cell - 1}" fill="${hex(colour)}"${row === column ? ` stroke="${theme.faint}"` : ""}/>${text}`;
  });
};

const numbered = (confusion: Confusion, theme: Theme): Content => {
  const { count, nameOf, at, total } = confusion;
  const sizes = sizesOf(count);
  const { cell } = sizes;
  const font = Math.min(12, sizes.font + 1);
  const names = numbersTo(count).map((i) => fittingText(nameOf(i), font, LABEL));
  const widest = Math.max(...names.map((name) => textWidth(name, font)));
  const label = Math.ceil(Math.max(88, widest)) + 10;
  const top = Math.ceil(widest * 0.72) + 18;
  const side = count * cell;
  const rows = names.map((name, i) => {
    const y = i * cell + cell / 2 + 4;
    const recall = total(i) === 0 ? "–" : percent(at(i, i) / total(i));
    return `<text x="-8" y="${y}" text-anchor="end" fill="${theme.text}">${xmlText(name)}</text><text x="${side + 12}" y="${y}" fill="${theme.faint}">${recall}</text>`;
  });
  const columns = names.map(
    (name, i) =>
      `<text transform="translate(${i * cell + cell / 2 + 3} -8) rotate(-45)" fill="${theme.text}">${xmlText(name)}</text>`,
  );
  return {
    // The last column's name leans to the right, over the recalls.
    width: label + side + Math.max(80, Math.ceil(widest * 0.72) - cell / 2 + 8),
    height: top + side,
    body: [
      `<g transform="translate(${label} ${top})" font-size="${font}">`,
      `<text x="-8" y="-10" text-anchor="end" fill="${theme.faint}">true ↓ said →</text>`,
      ...columns,
      ...rows,
      ...cellsOf(confusion, sizes, theme),
      "</g>",
    ].join("\n"),
  };
};

/** Of many classes each is a few pixels; those confused most stand beside by name. */
const pictured = (confusion: Confusion, theme: Theme): Either<SvertkaError, Content> => {
  const { count, nameOf } = confusion;
  const scale = Math.max(1, Math.floor(720 / count));
  const side = count * scale;
  const plane = {
    height: count,
    width: count,
    // The root, so that a few mistakes in a large row are seen.
    at: (row: number, column: number) => Math.sqrt(shareAt(confusion, row, column)),
  };
  const step = [10, 20, 50, 100, 200, 500].find((size) => count / size <= 10) ?? 500;
  const ticks = numbersTo(Math.ceil(count / step)).map((i) => {
    const at = (i * step + 0.5) * scale;
    return `<text x="-8" y="${at + 4}" text-anchor="end">${i * step}</text><text x="${at}" y="-8" text-anchor="middle">${i * step}</text>`;
  });
  const list = commonest(confusion, 12).map(
    ({ actual, predicted, times }, i) =>
      `<text x="${side + 28}" y="${40 + i * 20}" fill="${theme.text}">${xmlText(fittingText(`${nameOf(actual)} as ${nameOf(predicted)}`, 12, 290))}<tspan fill="${theme.faint}" dx="8">${times}</tspan></text>`,
  );
  return pipe(
    valueMap(plane, { low: 0, high: 1 }, between(theme.panel, theme.train)),
    E.map((picture) => ({
      width: 46 + side + 360,
      height: 40 + side,
      body: [
        `<g transform="translate(46 40)" font-size="12">`,
        `<g fill="${theme.faint}">${ticks.join("")}<text x="-8" y="-24" text-anchor="start">true ↓ said →</text></g>`,
        imageElement(picture, { x: 0, y: 0, width: side, height: side }),
        `<rect width="${side}" height="${side}" fill="none" stroke="${theme.faint}"/>`,
        `<text x="${side + 28}" y="14" font-weight="bold" fill="${theme.text}">confused most often</text>`,
        ...list,
        "</g>",
      ].join("\n"),
    })),
  );
};

const notesOf = (confusion: Confusion): readonly string[] => {
  const { count, actual, at, nameOf } = confusion;
  const examples = actual.data.length;
  const right = numbersTo(count).reduce((sum, i) => sum + at(i, i), 0);
  const worst = commonest(confusion, 3).map(
    (pair) => `${nameOf(pair.actual).slice(0, 30)} as ${nameOf(pair.predicted).slice(0, 30)} (${pair.times})`,
  );
  return [
    `${grouped.format(right)} of ${grouped.format(examples)} right, ${percent(right / examples)}${count > mostCells ? "" : "; at the right the recall"}`,
    ...(worst.length === 0 || count > mostCells ? [] : [`most often: ${worst.join(", ")}`]),
  ];
};

/**
 * The confusion matrix: counts by true class (rows) and said class (columns), each shaded by its share of its row, the
 * recall at the right. More than 40 classes are drawn as a picture with the commonest mistakes beside it.
 *
 * Errors  BadData for labels that are no whole numbers from 0, out of range of the names, not as many as predictions; for
 *         NaN among predictions, and for more than 2,000 classes.
 *
 * @example
 * const drawing = confusionMatrix({ title: "Test data", actual: labels, predicted: outputs, classNames: ["cat", "dog"] })
 */
export const confusionMatrix = (options: ConfusionMatrixOptions): Either<SvertkaError, Drawing> => {
  const { title, theme } = options;
  return pipe(
    labelledClasses(options),
    E.map(confusionOf),
    E.flatMap((confusion) =>
      pipe(
        confusion.count <= mostCells
          ? E.right(numbered(confusion, themeOf(theme)))
          : pictured(confusion, themeOf(theme)),
        E.map((content) => page({ title, notes: notesOf(confusion), theme, ...content })),
      ),
    ),
  );
};

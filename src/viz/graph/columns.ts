/** Blocks one below the other, in as many columns as make a page that a screen shows. */
import type { Block } from "./blocks.js";

export interface PlacedBlock {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
}

export interface Columns {
  readonly columns: readonly (readonly PlacedBlock[])[];
  readonly width: number;
  readonly height: number;
}

/** Pixels: room for an arrow and its shape, and for the way from the foot of a column to the head of the next. */
export const BLOCK_GAP = 38;
export const COLUMN_GAP = 56;
/** Width to height of a page that is read without turning it. */
const wanted = 1.5;
const most = 12;

const stacked = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, { height }) => sum + height + BLOCK_GAP, -BLOCK_GAP);

/** The blocks in order, a column closed when it holds its share of the height. */
const split = (blocks: readonly Block[], limit: number): readonly (readonly Block[])[] => {
  const columns: Block[][] = [];
  for (const block of blocks) {
    const last = columns.at(-1);
    if (last !== undefined && stacked([...last, block]) <= limit) last.push(block);
    else columns.push([block]);
  }
  return columns;
};

/** The lowest page of at most so many columns: the limit is found by halving. */
const lowest = (blocks: readonly Block[], count: number): readonly (readonly Block[])[] => {
  let low = Math.max(...blocks.map(({ height }) => height));
  let high = stacked(blocks);
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (split(blocks, middle).length <= count) high = middle;
    else low = middle;
  }
  return split(blocks, Math.ceil(high));
};

const placed = (columns: readonly (readonly Block[])[]): Columns => {
  let x = 0;
  const all = columns.map((blocks) => {
    const width = Math.max(...blocks.map((block) => block.width));
    let y = 0;
    const column = blocks.map((block) => {
      // Exits and entries stand above one another where the blocks are as wide; else blocks stand in the middle.
      const at = { block, x: x + (width - block.width) / 2, y };
      y += block.height + BLOCK_GAP;
      return at;
    });
    x += width + COLUMN_GAP;
    return column;
  });
  return { columns: all, width: x - COLUMN_GAP, height: Math.max(...columns.map(stacked)) };
};

export const inColumns = (blocks: readonly Block[]): Columns => {
  const pages = Array.from({ length: Math.min(most, blocks.length) }, (_, i) => placed(lowest(blocks, i + 1)));
  const off = ({ width, height }: Columns): number => Math.abs(Math.log(width / (height + 120) / wanted));
  // What fits a screen as one column stays one.
  const [one] = pages;
  if (one !== undefined && one.height <= 900) return one;
  return pages.reduce((best, page) => (off(page) < off(best) ? page : best));
};

/** The loops of a pooling and of its gradient: every window of every image, channels four at a time, the pixels of a window in row-major order. */
import {
  countUp,
  i32,
  repeat,
  when,
  type I32,
  type I32Operand,
  type Local,
  type Locals,
  type Statement,
} from "../../assembler/index.js";
import { four, single, type Lanes } from "../lanes.js";
import { isClipped, type WindowShape } from "./shape.js";

/** Windows of up to this many pixels are written out pixel by pixel; larger ones loop, and those of which a part lies outside. */
const unrolledPixels = 12;

export interface WindowCode {
  /** The two addresses that the loops move: the image's and the output's. */
  readonly image: Local<"i32">;
  readonly out: Local<"i32">;
  readonly batch: Local<"i32">;
  /** Once per window: `rows` and `columns` of it that lie in the image. */
  readonly enter?: (rows: I32, columns: I32) => readonly Statement[];
  /** Once per window and group of channels: `at` is the group's address in the output. */
  readonly start: (at: I32, lanes: Lanes) => readonly Statement[];
  /** Once per pixel in the image, in row-major order: the group's address there. */
  readonly pixel: (at: I32, offset: number, lanes: Lanes) => readonly Statement[];
  /** Once per window and group of channels, after its pixels: the group's address in the output. */
  readonly end?: (at: I32, lanes: Lanes) => readonly Statement[];
}

/** Start and size of the part of a window axis that lies in the image: max(origin, 0) and min(origin + pool, size) - start. */
const clip = (origin: I32, pool: number, size: number): readonly [start: I32, count: I32] => {
  const start = i32.select(i32.lt_s(origin, 0), 0, origin);
  const end = i32.add(origin, pool);
  return [start, i32.sub(i32.select(i32.gt_s(end, size), size, end), start)];
};

/** The loops. A small window that does not leave the image is straight code with constant offsets. */
export const windowLoops = (shape: WindowShape, locals: Locals, code: WindowCode): readonly Statement[] => {
  const { height, width, channels, outHeight, outWidth, poolSize, strides, before } = shape;
  const { image, out, batch } = code;
  const pixelBytes = 4 * channels;
  const rowBytes = pixelBytes * width;
  const local = (name: string): Local<"i32"> => locals.i32(name);
  const [images, y, x, i] = [local("images"), local("y"), local("x"), local("i")];
  const [firstRow, rows, firstColumn, columns] = [
    local("firstRow"),
    local("rows"),
    local("firstColumn"),
    local("columns"),
  ];
  const [window, row, at, ky, kx] = [local("window"), local("row"), local("at"), local("ky"), local("kx")];
  const unrolled = poolSize[0] * poolSize[1] <= unrolledPixels;

  const straight = (lanes: Lanes): readonly Statement[] => [
    at.set(i32.add(window, i)),
    ...Array.from({ length: poolSize[0] * poolSize[1] }, (_, pixel) => {
      const [dy, dx] = [Math.floor(pixel / poolSize[1]), pixel % poolSize[1]];
      return code.pixel(at, dy * rowBytes + dx * pixelBytes, lanes);
    }).flat(),
  ];
  const looped = (lanes: Lanes): readonly Statement[] => [
    row.set(i32.add(window, i)),
    repeat(ky, rows, [
      at.set(row),
      repeat(kx, columns, [...code.pixel(at, 0, lanes), at.set(i32.add(at, pixelBytes))]),
      row.set(i32.add(row, rowBytes)),
    ]),
  ];
  type Pixels = (lanes: Lanes) => readonly Statement[];
  const channelLoop = (from: number, to: number, lanes: Lanes, pixels: Pixels): readonly Statement[] =>
    from === to
      ? []
      : [
          countUp(i, { from, to, step: lanes.bytes }, [
            ...code.start(i32.add(out, i), lanes),
            ...pixels(lanes),
            ...(code.end?.(i32.add(out, i), lanes) ?? []),
          ]),
        ];
  const allChannels = (pixels: Pixels): readonly Statement[] => [
    ...channelLoop(0, whole, four, pixels),
    ...channelLoop(whole, pixelBytes, single, pixels),
  ];
  const whole = 16 * Math.floor(channels / 4);
  const origin = (index: I32, stride: I32Operand, padding: number): I32 => i32.sub(i32.mul(index, stride), padding);
  const [startY, countY] = clip(origin(y, strides[0], before[0]), poolSize[0], height);
  const [startX, countX] = clip(origin(x, strides[1], before[1]), poolSize[1], width);
  const isWhole = i32.and(i32.eq(rows, poolSize[0]), i32.eq(columns, poolSize[1]));
  const windowCode = !unrolled
    ? allChannels(looped)
    : isClipped(shape)
      ? [when(isWhole, allChannels(straight), allChannels(looped))]
      : allChannels(straight);
  return [
    repeat(images, batch, [
      countUp(y, { from: 0, to: outHeight }, [
        firstRow.set(startY),
        rows.set(countY),
        countUp(x, { from: 0, to: outWidth }, [
          firstColumn.set(startX),
          columns.set(countX),
          // A window that lies outside altogether has no pixels.
          when(i32.and(i32.gt_s(rows, 0), i32.gt_s(columns, 0)), [
            window.set(i32.add(image, i32.add(i32.mul(firstRow, rowBytes), i32.mul(firstColumn, pixelBytes)))),
            ...(code.enter?.(rows, columns) ?? []),
            ...windowCode,
          ]),
          out.set(i32.add(out, pixelBytes)),
        ]),
      ]),
      image.set(i32.add(image, height * rowBytes)),
    ]),
  ];
};

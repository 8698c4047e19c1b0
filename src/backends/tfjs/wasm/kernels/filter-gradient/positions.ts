/** The innermost loops of a filter gradient: over the positions of a block, which lie one after the other in dy and in rows of images in x. */
import {
  branchIf,
  i32,
  label,
  loop,
  repeat,
  type I32,
  type Local,
  type Locals,
  type Statement,
} from "../../assembler/index.js";

/** The parameters that describe a block: images, rows, columns, and the bytes in x from image to image and from row to row. */
export const blockParameters = ["images", "rows", "columns", "xImage", "xRow"] as const;

export interface Positions {
  readonly block: Readonly<Record<(typeof blockParameters)[number], Local<"i32">>>;
  /** Bytes from a position to the next in its row, in x and in dy. */
  readonly xStep: number;
  readonly dyStep: number;
}

/** Makes the loop; call the result for each place where the loop is wanted. `xAt` and `dyAt` are the addresses of the position. */
export const positionLoop = (
  locals: Locals,
  { block, xStep, dyStep }: Positions,
): ((
  start: { readonly x: I32; readonly dy: I32 },
  body: (xAt: I32, dyAt: I32) => readonly Statement[],
) => readonly Statement[]) => {
  const int = (name: string): Local<"i32"> => locals.i32(name);
  const [image, row, imageAt, rowAt] = [int("image"), int("row"), int("imageAt"), int("rowAt")];
  const [xAt, dyAt, end] = [int("xAt"), int("dyAt"), int("end")];
  const next = label("position");
  return (start, body) => [
    dyAt.set(start.dy),
    imageAt.set(start.x),
    repeat(image, block.images, [
      rowAt.set(imageAt),
      repeat(row, block.rows, [
        xAt.set(rowAt),
        end.set(i32.add(dyAt, i32.mul(block.columns, dyStep))),
        loop(next, [
          ...body(xAt, dyAt),
          xAt.set(i32.add(xAt, xStep)),
          branchIf(next, i32.lt_u(dyAt.tee(i32.add(dyAt, dyStep)), end)),
        ]),
        rowAt.set(i32.add(rowAt, block.xRow)),
      ]),
      imageAt.set(i32.add(imageAt, block.xImage)),
    ]),
  ];
};

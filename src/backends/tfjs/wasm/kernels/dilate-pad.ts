/**
 * `dilatePad`: x [n, h, w, c] with stride - 1 zeros between its rows and columns and zeros around it, attributes strides and pads.
 * The dy of a strided convolution in this form, convolved with the turned kernel, is the input gradient.
 *
 * Shape   [n, top + (h - 1) · stride + 1 + bottom, …, c]
 */
import { copyRows } from "./copy-rows.js";
import {
  addressOf,
  bytesOf,
  inputAt,
  makeOutput,
  padsAttribute,
  pairAttribute,
  shape4,
  sizeOf,
  type OwnKernel,
} from "./kernel.js";

export const dilatePad: OwnKernel = {
  name: "dilatePad",
  run: (call) => {
    const { backend } = call;
    const x = inputAt(call, 0);
    const [batch, height, width, channels] = shape4(x.shape);
    const [, outHeight, outWidth] = shape4(call.output.shape);
    const [strideY, strideX] = pairAttribute(call, "strides");
    const [[top], [left]] = padsAttribute(call, "pads");
    const output = makeOutput(backend, call.output);
    const to = addressOf(backend, output);
    bytesOf(backend).fill(0, to, to + 4 * sizeOf(call.output.shape));
    const copy = copyRows(backend);
    const pixel = 4 * channels;
    for (let image = 0; image < batch; image++) {
      const source = addressOf(backend, x) + image * height * width * pixel;
      const target = to + ((image * outHeight + top) * outWidth + left) * pixel;
      if (strideX === 1) copy(source, target, height, width * pixel, width * pixel, strideY * outWidth * pixel);
      else
        for (let y = 0; y < height; y++)
          copy(
            source + y * width * pixel,
            target + y * strideY * outWidth * pixel,
            width,
            pixel,
            pixel,
            strideX * pixel,
          );
    }
    return output;
  },
};

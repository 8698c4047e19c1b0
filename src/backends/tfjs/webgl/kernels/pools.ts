/**
 * `avgPool2d` and `maxPool2d` from packed to packed textures, four results a texel: convolutions give such, and take them. TensorFlow.js's
 * take the texture apart before, and others put it together again after. Attributes as the operators'.
 */
import { invariant } from "../../../../errors.js";
import type { Attributes } from "../../../../compiler/ir/graph.js";
import { perCall } from "../../shader/per-call.js";
import { axisWindows } from "../../shader/pool-gradient.js";
import { helpers, literal } from "./glsl.js";
import { runProgram, type WebglKernel, type WebglProgram } from "./kernel.js";
import { clearedBeyond } from "./packed.js";

interface Folding {
  readonly start: number;
  /** What a cell's two channels become part of; `cells` counts them by columns. */
  readonly fold: (into: string, cell: string) => string;
  readonly finish: string;
}

const foldings = {
  max: {
    start: -Infinity,
    fold: (into, cell) => `${into} = maximum(vec4(${into}, 0., 0.), vec4(${cell}, 0., 0.)).xy;`,
    finish: "",
  },
  // Padding is no part of a window's mean.
  mean: {
    start: 0,
    fold: (into, cell) => `${into} += ${cell}; cells.${into.endsWith("xy") ? "x" : "y"} += 1.;`,
    finish: "result /= max(cells, vec2(1.)).xxyy;",
  },
} as const satisfies Readonly<Record<string, Folding>>;

interface Pool {
  readonly image: readonly number[];
  readonly shape: readonly number[];
  readonly attrs: Attributes;
}

const programOf = ({ start, fold, finish }: Folding, { image, shape, attrs }: Pool): WebglProgram => {
  const [rows, columns] = [axisWindows(0, image, shape, attrs), axisWindows(1, image, shape, attrs)];
  const along = (lanes: string): string =>
    `if (column >= 0 && column < ${columns.size}) { ${fold(`result.${lanes}`, "cellAt(coords.x, row, column, coords.w)")} }`;
  return {
    variableNames: ["X"],
    outputShape: [...shape],
    packedInputs: true,
    packedOutput: true,
    userCode: `${helpers}
    vec2 cellAt(int example, int row, int column, int channel) {
      vec4 texel = getX(example, row, column, channel);
      return column % 2 == 0 ? texel.xy : texel.zw;
    }
    void main() {
      ivec4 coords = getOutputCoords();
      vec4 result = vec4(${literal(start)});
      vec2 cells = vec2(0.);
      for (int tapRow = 0; tapRow < ${rows.pool}; tapRow++) {
        int row = coords.y * ${rows.stride} - ${rows.before} + tapRow;
        if (row < 0 || row >= ${rows.size}) { continue; }
        for (int tapColumn = 0; tapColumn < ${columns.pool}; tapColumn++) {
          int column = coords.z * ${columns.stride} - ${columns.before} + tapColumn;
          ${along("xy")}
          column += ${columns.stride};
          ${along("zw")}
        }
      }
      ${finish}
      ${clearedBeyond(shape)}
      setOutput(result);
    }`,
  };
};

const pool = (folding: Folding): WebglKernel => {
  const made = perCall(([x], { shape }, attrs) => {
    invariant(x, "a pool has an input");
    return programOf(folding, { image: x.shape, shape, attrs });
  });
  return (backend) => (inputs, output, attrs) => runProgram(backend, made(inputs, output, attrs), inputs, output);
};

export const avgPool2d: WebglKernel = pool(foldings.mean);

export const maxPool2d: WebglKernel = pool(foldings.max);

/** What an editor shows: declarations stay short, name the layer's options, and hold no arithmetic. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { compile, vocabularyPath, writeGenerated } from "./compiler.js";

const text = `import { compose, conv2dOp, ensemble, matMul, ops, parameter, withInputShape, type Expr } from "../../src/index.js";
import { add, chain, conv2d, dense, input, maxPool2d, model, named, pipe, relu, residual, sequential, share, softmax, type Params } from "${vocabularyPath}";
export const x = pipe(input([28, 28, 1]), conv2d({ filters: 64, kernelSize: 3 }), maxPool2d());
export const layer = conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], activation: "relu" });
export const pool = maxPool2d();
export const unknownSize = pipe(input([null, null, 3]), conv2d({ filters: 8, kernelSize: 3 }));
export const probabilities = pipe(input([4]), dense({ units: 10 }), softmax);
export const block = sequential(conv2d({ filters: 64, kernelSize: 3, padding: "same" }), relu, residual(relu));
export const stem = named("stem", share(block));
export const chained = chain(x, relu);
export const sum = add(x, x, x);
export const net = model({ inputs: { a: x }, outputs: { z: probabilities } });
export const fromExpression = model(probabilities);
const net10 = model(input([4]), sequential(dense({ units: 10 }), softmax));
export const biasless = conv2d({ filters: 5, kernelSize: 3, useBias: false });
declare const paramsOf: <M>(net: M) => Params<M>;
export const params = paramsOf(model(input([4]), named("head", dense({ units: 2 }))));
const scaled = compose("scaled", <H extends number, C extends number>(one: Expr<[H, C]>) => ops.multiply(one, parameter([one.shape[1]], { name: "gamma" })));
export const composed = pipe(input([6, 4]), scaled);
export const product = matMul(input([784]), parameter([784, 10]));
export const window = conv2dOp(input([28, 28, 1]), parameter([3, 3, 1, 8]), { padding: "same" });
export const turned = ops.transpose(parameter([784, 10]), [1, 0]);
export const anySize = model(input([null, null, 3]), sequential(maxPool2d()));
export const sized = withInputShape(anySize, [224, 224, 3]);
export const both = ensemble([net10, net10]);
export const fromLayer = model(input([28, 28, 1]), sequential(pool, relu));
`;

test("declarations", () => {
  const path = writeGenerated("hovers.ts", text);
  const { complaints } = compile(path, {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    types: ["node"],
    outDir: "./out",
    rootDir: "../..",
  });
  expect(complaints).toEqual([]);
  const declarations = readFileSync(join(dirname(path), "out", ".cache", "types", "hovers.d.ts"), "utf8");
  expect(declarations.replaceAll(/import\("[^"]+"\)\./g, "").replaceAll("export declare const ", ""))
    .toMatchInlineSnapshot(`
      "import { type Expr } from "../../src/index.js";
      x: Expr<[13, 13, 64]>;
      layer: Conv2d<5, readonly [3, 2], readonly [2, 3], "valid", 1, 1, "relu">;
      pool: MaxPool2d<2, 2, "valid">;
      unknownSize: Expr<[null, null, 8]>;
      probabilities: Probabilities<[10]>;
      block: Sequential<[Conv2d<64, 3, 1, "same", 1, 1, "linear">, Relu, Residual<[Relu]>]>;
      stem: Named<"stem", Shared<Sequential<[Conv2d<64, 3, 1, "same", 1, 1, "linear">, Relu, Residual<[Relu]>]>>>;
      chained: Expr<[13, 13, 64]>;
      sum: Expr<[13, 13, 64]>;
      net: Model<{
          a: Expr<[13, 13, 64]>;
      }, {
          z: Probabilities<[10]>;
      }, unknown>;
      fromExpression: Model<unknown, Probabilities<[10]>, unknown>;
      biasless: Without<"bias", Conv2d<5, 3, 1, "valid", 1, 1, "linear">>;
      params: {
          "head/dense/bias": [2];
          "head/dense/kernel": [4, 2];
      };
      composed: Expr<[6, 4]>;
      product: Expr<[10]>;
      window: Expr<[28, 28, 8]>;
      turned: Param<[10, 784]>;
      anySize: Model<Expr<[null, null, 3]>, Expr<[null, null, 3]>, Sequential<[MaxPool2d<2, 2, "valid">]>>;
      sized: Model<Expr<[224, 224, 3]>, Expr<[112, 112, 3]>, Sequential<[MaxPool2d<2, 2, "valid">]>>;
      both: Model<Expr<[4]>, Probabilities<[10]>, unknown>;
      fromLayer: Model<Expr<[28, 28, 1]>, Expr<[14, 14, 1]>, Sequential<[MaxPool2d<2, 2, "valid">, Relu]>>;
      "
    `);
});

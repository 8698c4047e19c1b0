/** The types of models.mjs, for programs in TypeScript. */
export interface Vocabulary<T> {
  readonly input: (shape: readonly number[]) => T;
  readonly conv: (x: T, filters: number, kernelSize: number, options?: object) => T;
  readonly depthwise: (x: T, kernelSize: number, options: object) => T;
  readonly batchNorm: (x: T) => T;
  readonly activation: (x: T, name: "relu" | "relu6") => T;
  readonly maxPool: (x: T, poolSize: number, options?: object) => T;
  readonly globalAvgPool: (x: T) => T;
  readonly flatten: (x: T) => T;
  readonly dense: (x: T, units: number, activation?: "softmax" | "sigmoid") => T;
  readonly add: (a: T, b: T) => T;
}

export type ModelName = "a3" | "a5" | "a7" | "resnet20" | "mobilenetv2" | "resnet50";

export const models: Readonly<Record<ModelName, <T>(layers: Vocabulary<T>) => T>>;
export const inputShapes: Readonly<Record<ModelName, readonly number[]>>;

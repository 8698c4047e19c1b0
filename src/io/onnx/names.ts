/** Names of an ONNX graph: never empty, no property of every object, without signs that end a C string or a line, and no two alike. */

const unreadable = /[\p{Cc}\p{Cs}]/gu;

export interface Names {
  /** The wanted name, or one like it that is free. */
  readonly take: (wanted: string) => string;
}

export const namesInUse = (): Names => {
  const used = new Set<string>();
  const counts = new Map<string, number>();
  return {
    take: (wanted) => {
      const clean = wanted.replace(unreadable, "_");
      const base = clean === "" || clean in Object.prototype ? `_${clean}` : clean;
      let name = base;
      let count = counts.get(base) ?? 0;
      while (used.has(name)) name = `${base}_${++count}`;
      counts.set(base, count);
      used.add(name);
      return name;
    },
  };
};

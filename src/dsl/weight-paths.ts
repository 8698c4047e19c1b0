/** Paths of weights as patterns: `head`, `stage*`, `stem/conv2d_1/kernel`. */

/** Segment by segment; `*` stands for any characters of one segment. */
const segmentFits = (pattern: string, segment: string): boolean => {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === segment;
  if (!segment.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = segment.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return segment.length - last.length >= at && segment.endsWith(last);
};

/** Whether the pattern is the path or one of its beginnings: `stem` has `stem/conv2d/kernel`. */
export const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split("/");
  const segments = path.split("/");
  return wanted.length <= segments.length && wanted.every((one, i) => segmentFits(one, segments[i] ?? ""));
};

export const matchesAny = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => matches(pattern, path));

/** Whether the pattern has the path, or something under it: the layer `stem/conv2d` is touched by `stem/conv2d/kernel`. */
export const touches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split("/");
  const segments = path.split("/");
  return segments.every((segment, i) => i >= wanted.length || segmentFits(wanted[i] ?? "", segment));
};

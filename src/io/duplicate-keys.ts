/** Finds a key that stands twice in one object of a JSON text: `JSON.parse` would silently keep the last. */

/** The place after the string that opens at `open`. */
const afterString = (json: string, open: number): number => {
  let at = open + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
};

/** Whether a colon comes next, as it does after a key and after no other string. */
const isColonNext = (json: string, at: number): boolean => {
  const colon = /\s*:/y;
  colon.lastIndex = at;
  return colon.test(json);
};

/** The first key that comes twice in one object, escapes decoded. `json` must have passed `JSON.parse`. */
export const firstDuplicateKey = (json: string): string | undefined => {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "}") open.pop();
    else if (character === '"') {
      const end = afterString(json, at);
      if (isColonNext(json, end)) {
        const key = String(JSON.parse(json.slice(at, end)));
        const keys = open.at(-1);
        if (keys?.has(key) === true) return key;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
};

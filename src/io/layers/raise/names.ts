/** Paths of layers in a graph that has names of weights only. */

/** A path that a layer may have: parts that are not empty, without the sign that is svertka's own. */
const asPath = (name: string, byDefault: string): string => {
  const parts = name.split("/").flatMap((part) => {
    const clean = part.replaceAll(":", "_").trim();
    return clean === "" ? [] : [clean];
  });
  return parts.length === 0 ? byDefault : parts.join("/");
};

/** What the names of a layer's weights begin with, as far as a separator: `stem/conv2d` of its kernel and bias. */
const commonPath = (names: readonly string[]): string => {
  const [first = "", ...others] = names;
  let end = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, end))) end--;
  const shared = first.slice(0, end);
  return shared.replace(/[/._-]?[^/._-]*$/, "");
};

/** Gives out paths: the same for the same layer of the same weights, and else a new one. */
export class Paths {
  private readonly known = new Map<string, string>();
  private readonly taken = new Set<string>();
  /** Which of the graph's weights has which name in the model. */
  private readonly weights = new Map<string, string>();

  /** The path of a layer; `identity` tells two layers of the same weights apart that are different. */
  of(word: string, identity: string, weights: Readonly<Record<string, string>>): string {
    const names = Object.values(weights);
    const key = JSON.stringify([word, identity, Object.entries(weights)]);
    const again = names.length === 0 ? undefined : this.known.get(key);
    if (again !== undefined) return again;
    const wanted = asPath(this.wantedOf(weights), word);
    let path = wanted;
    for (let count = 1; !this.isFree(path, weights); count++) path = `${wanted}_${count}`;
    this.taken.add(path);
    this.known.set(key, path);
    for (const [own, name] of Object.entries(weights)) this.weights.set(own === "" ? path : `${path}/${own}`, name);
    return path;
  }

  private wantedOf(weights: Readonly<Record<string, string>>): string {
    const entries = Object.entries(weights);
    const [first] = entries;
    if (first === undefined) return "";
    const [own, name] = first;
    if (own === "") return name;
    const path = name.endsWith(`/${own}`) ? name.slice(0, -own.length - 1) : "";
    return path !== "" && entries.every(([one, full]) => full === `${path}/${one}`)
      ? path
      : commonPath(entries.map(([, full]) => full));
  }

  private isFree(path: string, weights: Readonly<Record<string, string>>): boolean {
    if (this.taken.has(path)) return false;
    return Object.entries(weights).every(([own, name]) => {
      const known = this.weights.get(own === "" ? path : `${path}/${own}`);
      return known === undefined || known === name;
    });
  }
}

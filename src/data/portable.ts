/** Maps that another thread can make again: a function with the name of its maker and the maker's options, which are plain data. */

/** `maker` is the name of a function of `src/data/makers.ts`, which gives the same map for the same options. */
export interface Recipe {
  readonly maker: string;
  readonly options: unknown;
}

/** A map that worker threads can run. */
export type Portable<F> = F & { readonly "~recipe": Recipe };

/** The map with its recipe. */
export const portable = <F extends object>(maker: string, options: unknown, map: F): Portable<F> =>
  Object.assign(map, { "~recipe": { maker, options } });

/** The recipe of a map, if it has one. */
export const recipeOf = (map: object): Recipe | undefined => {
  // Sound: looked at before it is used; nobody else writes this name.
  const { "~recipe": recipe } = map as { readonly "~recipe"?: Recipe };
  return recipe;
};

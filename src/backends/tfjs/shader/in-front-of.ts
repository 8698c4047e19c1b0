/** A cache in front of another: it finds what that one holds, and takes what is new. */
export const inFrontOf = <A extends object>(cache: A): A => Object.create(cache) as A; // sound: what it lacks it reads from its prototype

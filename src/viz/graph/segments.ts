/** A net as a chain: it is cut wherever a single value is all that the rest reads. A residual block is one piece of it. */
import type { Unit } from "./units.js";

/** Units of one piece, in their order; the last is what the next piece reads, and the piece reads only the one before. */
export type Segment = readonly Unit[];

export const segmentsOf = (units: readonly Unit[]): readonly Segment[] => {
  const lastReader = new Map<number, number>();
  for (const { id, inputs } of units) for (const input of inputs) lastReader.set(input, id);
  // While an input is still to come, what is alive is not all that the rest reads.
  const lastSource = units.reduce((last, { id, inputs }) => (inputs.length === 0 ? id : last), 0);
  const segments: Unit[][] = [];
  let open: Unit[] = [];
  const alive = new Set<number>();
  for (const unit of units) {
    open.push(unit);
    for (const input of unit.inputs) if (lastReader.get(input) === unit.id) alive.delete(input);
    if (lastReader.has(unit.id)) alive.add(unit.id);
    if (alive.size === 1 && alive.has(unit.id) && unit.id >= lastSource) {
      segments.push(open);
      open = [];
    }
  }
  return open.length > 0 ? [...segments, open] : segments;
};

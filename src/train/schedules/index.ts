/** The schedules: one line each. */
export {
  cosineDecay,
  cosineDecayRestarts,
  oneCycle,
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type OneCycleOptions,
} from "./cosine.js";
export {
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  stepDecay,
  type DecayOptions,
  type PiecewiseConstantDecayOptions,
  type PolynomialDecayOptions,
} from "./decays.js";
export type { Schedule, ScheduleOption } from "./schedule.js";

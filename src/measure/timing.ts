/** Times measured on a device, as plain data. */

/** Where times come from: the GPU's own clock, or the host's around work that it waited for. */
export type Timing = 'timestamp' | 'wall';

/** When one pass ran, in milliseconds. */
export interface PassTime {
  /** From the start of the first pass that was timed with it. */
  readonly start: number;
  /** NaN where the device gave a timestamp that cannot be. */
  readonly ms: number;
}

/** What was measured of a plan. */
export interface PlanTimes {
  readonly timing: Timing;
  /** Nanoseconds that two readings of the clock must lie apart to differ. */
  readonly resolutionNs: number;
  /** By run: one time for each step of the plan, each a pass of its own. */
  readonly steps: readonly (readonly PassTime[])[];
  /** By run: one time for each dispatch that prepares weights when the plan is loaded. */
  readonly prepare: readonly (readonly PassTime[])[];
  /** By run: all steps in one pass, as an ordinary run has them; milliseconds on the same clock. */
  readonly passMs: readonly number[];
  /** By run: an ordinary run, from the feeds to the results on the host; milliseconds of wall clock. */
  readonly runMs: readonly number[];
}

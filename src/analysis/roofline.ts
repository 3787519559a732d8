/** The roofline: how fast a piece of work can be on an adapter, and what holds it there. */
import type { AdapterPeaks } from '../measure/adapter-peaks.ts';

/** What a piece of work does. */
export interface Work {
  readonly multiplyAdds: number;
  /** Bytes read and written, each operand once. */
  readonly bytes: number;
  readonly dispatches: number;
}

/** The ceiling that a piece of work meets first. */
export type Bound = 'compute' | 'memory' | 'overhead';

/** Work against the peaks of an adapter (Williams, Waterman & Patterson 2009), with dispatch overhead as a floor. */
export interface Roofline {
  readonly bound: Bound;
  /** The least time the peaks allow, in milliseconds: the largest of the three below. */
  readonly ms: number;
  readonly computeMs: number;
  readonly memoryMs: number;
  readonly overheadMs: number;
  /** Operations per byte, two a multiply-add. */
  readonly intensity: number;
}

/** What was reached in so many milliseconds. */
export interface Achieved {
  /** 10⁹ operations a second, two a multiply-add. */
  readonly gflops: number;
  /** 10⁹ bytes a second. */
  readonly gbps: number;
  /** The roofline's time over the time it took, in percent. Work that stays in caches may exceed 100. */
  readonly percent: number;
}

type Ceilings = Pick<AdapterPeaks, 'gflops' | 'gbps' | 'dispatchUs'>;

/** The least time for this work, and what sets it. Equal ceilings count as compute, then memory. */
export function roofline({ multiplyAdds, bytes, dispatches }: Work, peaks: Ceilings): Roofline {
  const computeMs = (2 * multiplyAdds) / peaks.gflops / 1e6;
  const memoryMs = bytes / peaks.gbps / 1e6;
  const overheadMs = (dispatches * peaks.dispatchUs) / 1e3;
  const ms = Math.max(computeMs, memoryMs, overheadMs);
  const bound = ms === computeMs ? 'compute' : ms === memoryMs ? 'memory' : 'overhead';
  return { bound, ms, computeMs, memoryMs, overheadMs, intensity: bytes === 0 ? 0 : (2 * multiplyAdds) / bytes };
}

/** Rates of work that took `ms` milliseconds; zeros when it took none that the clock could see. */
export function achieved(work: Work, peaks: Ceilings, ms: number): Achieved {
  if (!(ms > 0)) return { gflops: 0, gbps: 0, percent: 0 };
  return {
    gflops: (2 * work.multiplyAdds) / ms / 1e6,
    gbps: work.bytes / ms / 1e6,
    percent: (100 * roofline(work, peaks).ms) / ms,
  };
}

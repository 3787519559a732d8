/** What an adapter does at best, as measured on it: what profiles compare kernels with. Plain data. */
import type { Timing } from './timing.ts';

/** Measured peaks of one adapter. */
export interface AdapterPeaks {
  /** Float32 arithmetic out of registers, in 10⁹ operations a second; a multiply-add counts as two. */
  readonly gflops: number;
  /** Bytes read and written by shaders that go through large buffers once, in 10⁹ bytes a second. */
  readonly gbps: number;
  /** Microseconds that one more dispatch adds to a pass, however little it does. */
  readonly dispatchUs: number;
  /** Microseconds from submitting next to nothing until the host has mapped its result. */
  readonly roundTripUs: number;
  readonly timing: Timing;
  /** Every measurement behind the two rates: what was run, and its rate in the unit of the peak. */
  readonly arithmetic: readonly PeakSample[];
  readonly bandwidth: readonly PeakSample[];
}

/** One kernel's rate. */
export interface PeakSample {
  readonly kernel: string;
  readonly rate: number;
}

/** True for an object that has the fields of `AdapterPeaks`, as read from a cache. */
export function isPeaks(value: unknown): value is AdapterPeaks {
  if (typeof value !== 'object' || value === null) return false;
  const rates = ['gflops', 'gbps', 'dispatchUs', 'roundTripUs'];
  const fields = new Map<string, unknown>(Object.entries(value));
  const numbers = rates.every((name) => {
    const rate = fields.get(name);
    return typeof rate === 'number' && Number.isFinite(rate) && rate > 0;
  });
  const timing = fields.get('timing');
  const lists = Array.isArray(fields.get('arithmetic')) && Array.isArray(fields.get('bandwidth'));
  return numbers && lists && (timing === 'timestamp' || timing === 'wall');
}

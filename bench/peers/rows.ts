/** One line of the result, and when an engine's answer counts as right. */
import { summarise } from '../lib/statistics.ts';
import { ENGINES, type EngineName, type Where } from './engines.ts';

/** One engine on one model in one place. Milliseconds of wall clock. */
export interface PeerRow {
  readonly model: string;
  readonly engine: EngineName;
  readonly where: Where;
  /** The GPU adapter, or `CPU, N threads`; null when the engine did not come so far. */
  readonly adapter: string | null;
  /** Bytes in memory → first output on the host; null when there was none. */
  readonly coldMs: number | null;
  /** Median of one run, upload and readback included; null for an engine that failed or does not agree. */
  readonly runMs: number | null;
  /** Every output was that of the CPU reference; for `tilewise-cpu`, that of onnxruntime-web's WASM build. */
  readonly agrees: boolean;
  /** Largest difference from it, relative to its largest element. */
  readonly maxDiff: number | null;
  /** Measured runs, their interquartile range, and the fastest. */
  readonly runs: number;
  readonly spreadMs: number | null;
  readonly minMs: number | null;
  /** Importing the library's code, before the cold start. */
  readonly importMs: number | null;
  readonly version: string | null;
  readonly note?: string;
  readonly error?: string;
}

/**
 * |actual − expected| ≤ TOLERANCE · (largest |expected| + |expected|). Sums in another order, through fifty layers of
 * float32, differ by 1e-6 to 1e-5 of the largest output, Winograd's transforms by up to 1e-4; a wrong padding, a missed
 * activation or a swapped channel by 1e-2 and more.
 */
export const TOLERANCE = 1e-3;

/**
 * The same of networks on integers. Each step of a runtime may round a tie, or a sum near one, to the other neighbour, and
 * engines that bring weights and activations back to real numbers round nothing in between: through fifty layers of 8 bits that
 * comes to several steps of the last one, which is some percent of its largest element. Its first classes may change places.
 */
export const QUANTISED_TOLERANCE = 0.1;

/** How an output compares. */
export interface Agreement {
  readonly agrees: boolean;
  /** Largest difference relative to the largest |expected|; Infinity when anything is missing or not finite. */
  readonly maxDiff: number;
}

/** Compares an output with what it should be: element by element, and, of a network on real numbers, the class it names. */
export function agreement(actual: readonly number[], expected: readonly number[], quantised = false): Agreement {
  const tolerance = quantised ? QUANTISED_TOLERANCE : TOLERANCE;
  const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  let maxDiff = 0;
  let within = actual.length === expected.length && scale > 0;
  for (const [i, e] of expected.entries()) {
    const diff = Math.abs((actual[i] ?? NaN) - e);
    // Written so that NaN fails.
    if (!(diff <= tolerance * (scale + Math.abs(e)))) within = false;
    maxDiff = Math.max(maxDiff, Number.isFinite(diff) ? diff / scale : Infinity);
  }
  return { agrees: within && (quantised || largest(actual) === largest(expected)), maxDiff };
}

function largest(values: readonly number[]): number {
  return values.reduce((best, v, i) => (v > (values[best] ?? -Infinity) ? i : best), 0);
}

/** What became of one engine. */
export interface Outcome {
  readonly engine: EngineName;
  readonly adapter?: string | undefined;
  readonly threads?: number;
  readonly coldMs?: number;
  readonly importMs?: number;
  readonly version?: string;
  readonly note?: string | undefined;
  readonly error?: string | undefined;
  /** Undefined when there was nothing to compare with, or nothing to compare. */
  readonly agreement?: Agreement | undefined;
  readonly runMs: readonly number[];
}

/** The row of an outcome. */
export function rowOf(model: string, where: Where, outcome: Outcome): PeerRow {
  const { engine, agreement: found, note, error } = outcome;
  const agrees = found?.agrees === true && error === undefined;
  const { runs, median, spread, min } = summarise(outcome.runMs);
  const times = agrees && runs > 0;
  return {
    model,
    engine,
    where,
    adapter: adapterOf(outcome),
    coldMs: rounded(outcome.coldMs),
    runMs: times ? rounded(median) : null,
    agrees,
    maxDiff: found && Number.isFinite(found.maxDiff) ? Number(found.maxDiff.toPrecision(3)) : null,
    runs,
    spreadMs: times ? rounded(spread) : null,
    minMs: times ? rounded(min) : null,
    importMs: rounded(outcome.importMs),
    version: outcome.version ?? null,
    ...(note === undefined ? {} : { note }),
    ...(error === undefined ? {} : { error }),
  };
}

function adapterOf({ engine, adapter, threads }: Outcome): string | null {
  if (ENGINES[engine].backend === 'webgpu') return adapter ?? null;
  return threads === undefined ? null : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined || !Number.isFinite(ms) ? null : Math.round(ms * 100) / 100;
}

/** What commands say of integers that stand for real numbers. */
import type { QuantisationSummary } from '../analysis/quantisation.ts';
import type { IntegerScale } from '../ir/graph.ts';
import type { LoadedModel } from './session.ts';

/** A scale in words. */
export function scaleText({ scale, zeroPoint }: IntegerScale): string {
  return `scale ${Number(scale.toPrecision(6))}, zero point ${zeroPoint}`;
}

/** The rule by which the integers of a model are rounded: as the option names it, else as its operators do; null of none. */
export function roundingOf({ rounding }: LoadedModel, summary: QuantisationSummary | undefined): string | null {
  if (!summary) return null;
  return rounding ?? (summary.rounding.join(', ') || null);
}

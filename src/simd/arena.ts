/**
 * Where values lie in linear memory. Those that are not needed at the same time share it: the largest first, each at the lowest
 * free place (Pisarchyk & Lee 2020, arXiv:2001.03288); graphs of thousands of values are walked in their order instead.
 */
import { at, range, roundUp } from '../util/arrays.ts';

/** Memory that is needed from one step to another, both included. */
export interface Span {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** What a vector load may want, and a cache line. */
export const ALIGNMENT = 64;

/** Spans that are compared with each other, at most. */
const MOST_COMPARED = 3000;

/** Offset of each span, and the bytes of all of them. */
export function layOutSpans(spans: readonly Span[]): { readonly offsets: readonly number[]; readonly bytes: number } {
  const offsets: number[] = Array.from({ length: spans.length }, () => 0);
  const order = range(spans.length);
  if (spans.length <= MOST_COMPARED) order.sort((a, b) => at(spans, b).bytes - at(spans, a).bytes);
  let placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const span = at(spans, i);
    // In their order what has ended is never met again.
    if (spans.length > MOST_COMPARED) placed = placed.filter((k) => at(spans, k).to >= span.from);
    const offset = lowest(
      span.bytes,
      placed.filter((k) => at(spans, k).from <= span.to && at(spans, k).to >= span.from),
      (k) => [at(offsets, k), at(offsets, k) + at(spans, k).bytes],
    );
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + span.bytes);
    placed.push(i);
  }
  return { offsets, bytes: roundUp(bytes, ALIGNMENT) };
}

/** The lowest offset at which so many bytes meet none of those that are taken. */
function lowest(
  bytes: number,
  taken: readonly number[],
  reach: (index: number) => readonly [from: number, to: number],
): number {
  let offset = 0;
  for (const [from, to] of taken.map(reach).sort((a, b) => a[0] - b[0])) {
    if (offset + bytes <= from) return offset;
    offset = Math.max(offset, roundUp(to, ALIGNMENT));
  }
  return offset;
}

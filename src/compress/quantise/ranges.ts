/** Ranges of values, and what they come to for all that have one scale. */
import { GraphError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { at } from '../../util/arrays.ts';
import type { QuantisedPart } from './part.ts';
import { encodingOf, type Encoding, type ValueRange } from './scales.ts';

/** What the integers of each group of `part` stand for. Throws GraphError where a range is missing or not finite. */
export function encodingsOf(
  graph: Graph,
  { sources, roles, groups }: QuantisedPart,
  ranges: ReadonlyMap<string, ValueRange>,
  symmetric: boolean,
): Map<string, Encoding> {
  const found = new Map<string, ValueRange[]>();
  for (const [group, values] of sources) {
    found.set(
      group,
      values.map((value) => finiteRange(ranges.get(value), value)),
    );
  }
  for (const [node, role] of roles) {
    if (role.kind !== 'movement') continue;
    const group = groups.get(at(node.outputs, 0)) ?? '';
    for (const slot of role.operands) {
      const constant = graph.initializers.get(at(node.inputs, slot));
      if (constant) found.get(group)?.push(finiteRange(rangeOf(constant), at(node.inputs, slot)));
    }
  }
  return new Map([...found].map(([group, all]) => [group, encodingOf(union(all), symmetric)]));
}

/** The range of a value. Throws GraphError where it is not known or not finite. */
export function finiteRange(range: ValueRange | undefined, value: string): ValueRange {
  if (!range) throw new GraphError(`the range of "${value}" is not known`);
  if (Number.isFinite(range.min) && Number.isFinite(range.max)) return range;
  throw new GraphError(`"${value}" reaches from ${range.min} to ${range.max}, which no integers stand for`, {
    hint: 'Exclude the node that computes it',
  });
}

/** The least and the greatest element; NaN where one is. */
export function rangeOf({ data }: Tensor): ValueRange {
  let [min, max] = [Infinity, -Infinity];
  for (const v of data) {
    if (Number.isNaN(v)) return { min: v, max: v };
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return data.length === 0 ? { min: 0, max: 0 } : { min, max };
}

function union(ranges: readonly ValueRange[]): ValueRange {
  return ranges.reduce((a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }));
}

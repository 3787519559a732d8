/** Inputs that decide shapes, and outputs whose extents depend on data, as callers see them. */
import { InputError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import type { ValueDesc } from '../ir/graph.ts';
import type { CheckedFeed, Port } from './feeds.ts';

/** Feeds that decide shapes. Throws InputError for one that is not in host memory. */
export function decidedBy(feeds: ReadonlyMap<string, CheckedFeed>, names: readonly string[]): Map<string, Tensor> {
  const tensors = names.map((name): [string, Tensor] => {
    const feed = feeds.get(name);
    if (feed && 'data' in feed) return [name, feed];
    throw new InputError(`the elements of input "${name}" decide shapes: give it in host memory`);
  });
  return new Map(tensors);
}

/** An output for callers: an extent that depends on data has the name of its count. */
export function outputPort(name: string, { dtype, shape, bounded }: ValueDesc): Port {
  return {
    name,
    dtype,
    shape: bounded ? [...shape.slice(0, bounded.axis), bounded.count, ...shape.slice(bounded.axis + 1)] : shape,
  };
}

/** Where values lie that have no memory of their own: views lie in that of what they are views of. */
import { VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';

/** Where a value lies: from a byte on in the memory of another, or of its own. */
export interface ValuePlace {
  readonly root: string;
  readonly offset: number;
}

/** By name, of the values that lie in the memory of others. */
export type ValuePlaces = Map<string, ValuePlace>;

/** The places of views. */
export function placesOfViews({ nodes }: Graph): ValuePlaces {
  const places: ValuePlaces = new Map();
  for (const { op, inputs, outputs } of nodes) {
    const [input, output] = [inputs[0], outputs[0]];
    if (VIEWS.has(op) && input && output) places.set(output, placeIn(places, input));
  }
  return places;
}

/** The place of a value, in memory that is its own or a value's that has its own; so many bytes further on. */
export function placeIn(places: ValuePlaces, name: string, further = 0): ValuePlace {
  const place = places.get(name);
  return place ? placeIn(places, place.root, place.offset + further) : { root: name, offset: further };
}

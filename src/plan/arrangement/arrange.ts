/** Where every value of a graph lies and how it is stored: decided once, before anything is lowered. */
import type { DeviceProfile } from '../../core/limits.ts';
import type { Graph } from '../../ir/graph.ts';
import { Draft } from './draft.ts';
import { overwriteInputs } from './in-place.ts';
import { placeIntoWholes } from './into-wholes.ts';
import { leavePartsInside } from './parts-inside.ts';
import type { Arrangement } from './values.ts';

export { contextOf, type Arranged, type Arrangement } from './values.ts';

/** What to arrange beyond what costs no accuracy. */
export interface ArrangementOptions {
  /** Store floats as float16 where every kernel around them takes that; the device must have `shader-f16`. */
  readonly float16?: boolean | undefined;
}

/**
 * Arranges the values of a compiled graph. Views share their input's storage. What a Concat or ChannelShuffle reads is
 * written where it is wanted, the parts of a Split or Slice stay inside what they are part of, and elementwise results
 * are written over operands that die there, as far as the kernels around each value allow; all else is dense, in a
 * buffer of its own.
 */
export function arrange(
  graph: Graph,
  device: DeviceProfile,
  { float16 = false }: ArrangementOptions = {},
): Arrangement {
  const draft = new Draft(graph, device, float16);
  placeIntoWholes(draft);
  // After the wholes have found their places, which their parts share.
  leavePartsInside(draft);
  // Last: only now is known what lies together, and so when a buffer is free.
  overwriteInputs(draft);
  return draft.values;
}

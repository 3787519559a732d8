/** Updates along extents that depend on data: as many as there are. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isBound, type ExtentRule, type Seen } from './rules.ts';

/** How many updates there are along an axis, where that depends on data. */
function updatesAlong(axis: number, { operands: [x, indices, updates] }: Seen): string | undefined {
  if (isBound(x) || !isBound(indices) || !isBound(updates)) return undefined;
  const [own, theirs] = [indices.bounded, updates.bounded];
  const fits = own.axis === axis && theirs.axis === axis && own.count === theirs.count;
  return fits ? own.count : undefined;
}

/** Updates behind the last go nowhere. */
export const scatterSome: ExtentRule<'ScatterElements'> = (w, node, seen) => {
  const rank = seen.operands[0]?.shape.length ?? 0;
  const count = updatesAlong(normalizeAxis(node.attributes.axis, rank), seen);
  if (count === undefined || node.inputs[3] !== undefined) return false;
  w.again(node, ...node.inputs, count);
  return true;
};

/** The same of slices. */
export const scatterSlices: ExtentRule<'ScatterND'> = (w, node, seen) => {
  const count = (seen.operands[1]?.shape.length ?? 0) > 1 ? updatesAlong(0, seen) : undefined;
  if (count === undefined || node.inputs[3] !== undefined) return false;
  w.again(node, ...node.inputs, count);
  return true;
};

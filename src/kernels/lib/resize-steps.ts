/** What a Resize changes, as its kernels see it. */
import { result, required, type LowerContext } from '../definition.ts';
import { resizeSteps, type ResizeStep } from '../../ir/shapes/resize.ts';
import { givenInts } from './constants.ts';

/** The axes that a node changes, outermost first; none where nothing is made, for then nothing is to be read. */
export function stepsOf(context: LowerContext<'Resize'>): ResizeStep[] {
  if (result(context).shape.includes(0)) return [];
  const listOf = (index: number): number[] | undefined => {
    const list = givenInts(context, index);
    return list?.length === 0 ? undefined : list;
  };
  const targets = { scales: listOf(1), sizes: listOf(2), roi: listOf(3) };
  return resizeSteps(context.node.attributes, required(context, 0).shape, targets);
}

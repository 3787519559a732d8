/** COCO's ids of the classes that have boxes: 80 of the numbers from 1 to 90 (Lin et al., arXiv:1405.0312, as the data set was published). */
import { tensorOf } from '../core/tensor.ts';
import { range } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { Doubt, HeadInput } from './head.ts';

/** Classes that have boxes. */
const CLASSES = 80;
/** The largest id. */
const LAST = 90;
/** Ids that were given to classes without boxes. */
const LEFT_OUT: ReadonlySet<number> = new Set([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);

/** The class of each id from 0 to 91; -1 of what is none. */
const CLASS_OF = range(LAST + 2).map((id) => {
  const none = id === 0 || id > LAST || LEFT_OUT.has(id);
  return none ? -1 : id - 1 - range(id).filter((before) => LEFT_OUT.has(before)).length;
});

/** Classes 0 to 79 of ids, int64; -1 of what is no id. */
export function cocoClasses(nodes: BoxNodes, ids: string): string {
  const near = nodes.whole('min', nodes.whole('max', ids, 0), LAST + 1);
  return nodes.picked(nodes.builder.constant('classes', tensorOf('int64', [CLASS_OF.length], CLASS_OF)), near);
}

/** Of detectors whose outputs do not say how many classes there are: 80 names may be COCO's, and then the numbers are ids. */
export function idsInDoubt(name: string, { classes }: HeadInput): Doubt | undefined {
  if (classes !== CLASSES) return undefined;
  return {
    about: `there are ${CLASSES} names, and the outputs do not say whether they number as many classes, or are COCO's ids from 1 to ${LAST}, which leave out ten`,
    choose: `'${name}' for classes of these names one after another, '${name}-coco' for COCO's ids`,
  };
}

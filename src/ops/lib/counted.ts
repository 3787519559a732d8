/** Operators that find out how many elements there are. */
import { GraphError } from '../../core/errors.ts';

/** The second output of an operator whose result's extent depends on data. Throws GraphError where it has no name. */
export function countOf([, count]: readonly string[]): string {
  if (count) return count;
  throw new GraphError('the second output, which says how many there are, needs a name');
}

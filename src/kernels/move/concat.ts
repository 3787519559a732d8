/** Concat → one strided copy per operand that does not lie in its slice of the result already. */
import { type KernelDefinition, required, result } from '../definition.ts';
import { concatParts, copiesIntoWhole } from '../lib/parts.ts';
import { placePart } from '../lib/placements.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const concat: KernelDefinition<'Concat'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    concatParts(context).flatMap((part, input) =>
      copiesIntoWhole({ input, output: 0 }, part, required(context, input).placement, result(context).placement),
    ),
  ),
  inputs: [COPIED],
  outputs: COPIED,
  parts: COPY_PARTS,
  moves: {
    whole: 'output',
    place: (context, index) => {
      const part = concatParts(context)[index];
      return part && placePart(part, result(context).placement);
    },
  },
};

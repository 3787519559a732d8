/** Split → one strided copy per part that is used and does not stay inside the input. */
import { type KernelDefinition, required, result } from '../definition.ts';
import { copiesFromWhole, splitParts } from '../lib/parts.ts';
import { placePart } from '../lib/placements.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const split: KernelDefinition<'Split'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    splitParts(context).flatMap((part, output) =>
      part
        ? copiesFromWhole({ input: 0, output }, part, required(context, 0).placement, result(context, output).placement)
        : [],
    ),
  ),
  inputs: [COPIED],
  outputs: COPIED,
  parts: COPY_PARTS,
  moves: {
    whole: 'input',
    place: (context, index) => {
      const part = splitParts(context)[index];
      return part && placePart(part, required(context, 0).placement);
    },
    part: (context, index) => splitParts(context)[index],
  },
};

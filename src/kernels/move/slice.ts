/** Slice → one strided copy that starts inside the input, or nothing where the output stays there. */
import { type KernelDefinition, required, result } from '../definition.ts';
import { copiesFromWhole, slicePart } from '../lib/parts.ts';
import { placePart } from '../lib/placements.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const slice: KernelDefinition<'Slice'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    copiesFromWhole(
      { input: 0, output: 0 },
      slicePart(context),
      required(context, 0).placement,
      result(context).placement,
    ),
  ),
  inputs: [COPIED, {}],
  outputs: COPIED,
  parts: COPY_PARTS,
  moves: {
    whole: 'input',
    place: (context) => placePart(slicePart(context), required(context, 0).placement),
    part: slicePart,
  },
};

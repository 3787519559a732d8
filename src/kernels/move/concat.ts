/** Concat → one strided copy per operand that does not lie in its slice of the result already. */
import { EVERY_INPUT, inputPlacement, outputPlacement, type KernelDefinition } from '../definition.ts';
import { concatParts, copiesIntoWhole } from '../lib/parts.ts';
import { copyVariants } from '../lib/strided.ts';

export const concat: KernelDefinition<'Concat'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    concatParts(context).flatMap((part, input) =>
      copiesIntoWhole({ input, output: 0 }, part, inputPlacement(context, input), outputPlacement(context)),
    ),
  ),
  placed: { inputs: EVERY_INPUT, outputs: 'any', scattered: true },
  half: EVERY_INPUT,
};

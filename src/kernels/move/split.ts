/** Split → one strided copy per part that is used and does not stay inside the input. */
import { inputPlacement, outputPlacement, type KernelDefinition } from '../definition.ts';
import { copiesFromWhole, splitParts } from '../lib/parts.ts';
import { copyVariants } from '../lib/strided.ts';

export const split: KernelDefinition<'Split'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    splitParts(context).flatMap((part, output) =>
      part
        ? copiesFromWhole({ input: 0, output }, part, inputPlacement(context, 0), outputPlacement(context, output))
        : [],
    ),
  ),
  placed: { inputs: [0], outputs: 'any', scattered: true },
  half: [0],
};

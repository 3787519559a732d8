/** Slice → one strided copy that starts inside the input, or nothing where the output stays there. */
import { inputPlacement, outputPlacement, type KernelDefinition } from '../definition.ts';
import { copiesFromWhole, slicePart } from '../lib/parts.ts';
import { copyVariants } from '../lib/strided.ts';

export const slice: KernelDefinition<'Slice'> = {
  kind: 'dispatch',
  variants: copyVariants((context) =>
    copiesFromWhole({ input: 0, output: 0 }, slicePart(context), inputPlacement(context, 0), outputPlacement(context)),
  ),
  placed: { inputs: [0], outputs: 'any', scattered: true },
  half: [0],
};

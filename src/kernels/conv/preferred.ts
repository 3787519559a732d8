/** Which variants of a convolution to try first, by its kind and the class of adapter. */
import { preferredDepthwise } from './depthwise-part.ts';
import { preferredImplicit } from './implicit.ts';
import { preferredPointwise } from './pointwise.ts';
import type { ConvContext } from './shared.ts';
import { preferredWinograd } from './winograd.ts';

/** Names of variants in the order in which they should be tried: what each kind of convolution says of its own. */
export function preferredConv(context: ConvContext): readonly string[] {
  return [
    ...preferredPointwise(context),
    ...preferredDepthwise(context),
    ...preferredWinograd(context),
    ...preferredImplicit(context),
  ];
}

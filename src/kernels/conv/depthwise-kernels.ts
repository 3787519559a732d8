/** The depthwise kernels as they are loaded: the variants, and which to try first. */
import { depthwise } from './depthwise.ts';
import { depthwiseSlides, preferredSlide } from './depthwise-slide.ts';
import { depthwiseWide } from './depthwise-wide.ts';

/** In the order of their names in `depthwise-part.ts`. */
export const depthwiseKernels = {
  variants: [...depthwiseSlides, depthwise, depthwiseWide],
  preferred: preferredSlide,
};

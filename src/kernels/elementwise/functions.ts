/** What only nodes need that compute functions which few graphs have. */
import { arcFunctions } from '../../../shaders/lib/angle.ts';
import { areaFunctions, hyperbolicFunctions } from '../../../shaders/lib/hyperbolic.ts';
import { tangentFunction } from '../../../shaders/lib/sine.ts';
import type { UnaryKind } from '../../ir/ops.ts';

/** What declares the function of a kind, for elements or for fours. */
export const FURTHER_FUNCTIONS: { readonly [K in UnaryKind]?: (width: 1 | 4) => string } = {
  tan: tangentFunction,
  asin: arcFunctions,
  acos: arcFunctions,
  sinh: hyperbolicFunctions,
  cosh: hyperbolicFunctions,
  asinh: areaFunctions,
  acosh: areaFunctions,
  atanh: areaFunctions,
};

/**
 * Translations of operators that compute with quantised integers: rows are named `quantised CONV_2D`. What has no row is
 * refused by that name. Activations are read with `rawInput`, their parameters with `quantisation` and `outputQuantisation`.
 */
import type { Rows } from '../../lib/translate.ts';
import type { OperatorContext } from '../context.ts';

/** Rows of the operator table. */
export const QUANTISED: Rows<OperatorContext> = {};

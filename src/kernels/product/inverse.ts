/** Inverse → one dispatch. */
import { inverseShader } from '../../../shaders/product/inverse.ts';
import { elimination } from '../lib/elimination.ts';

export const inverse = elimination<'Inverse'>(inverseShader);

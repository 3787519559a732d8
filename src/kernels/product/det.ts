/** Det → one dispatch. */
import { detShader } from '../../../shaders/product/det.ts';
import { elimination } from '../lib/elimination.ts';

export const det = elimination<'Det'>(detShader);

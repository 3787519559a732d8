/**
 * What makes grey of a pixel's colours, before `pictures/preprocess.ts` normalises them: statements for its `change`. The same as
 * `vision/luma.ts` on the host, to the bit for whole bytes.
 */
import { wgsl } from './module.ts';

/** Of colours that may have fractions. */
export const GREY_OF_FLOATS = 'rgb = vec3<f32>(0.299 * rgb.r + 0.587 * rgb.g + 0.114 * rgb.b);';

/** Of whole bytes, and a border that becomes such, a whole byte. */
export const GREY_OF_BYTES = wgsl`
  let bytes = vec3<u32>(clamp(floor(rgb + 0.5), vec3<f32>(0.0), vec3<f32>(255.0)));
  rgb = vec3<f32>(f32((19595u * bytes.r + 38470u * bytes.g + 7471u * bytes.b + 32768u) >> 16u));`;

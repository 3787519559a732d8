/** What the shaders of implicit matrix products have in common: their sums. */
import { range } from '../../src/util/arrays.ts';
import { lines, sumName } from './product.ts';

export { lines, sumName };

/** Adds four channels of pixel `p`, in `x<p>`, times their weights `w<d>_<q>`, to its sum of quad `q`. */
export function addQuad(p: number, q: number): string {
  // What goes into one sum is next to each other, so that the sum stays in a register.
  return lines(
    4,
    (d) => `        ${sumName(p, q)} = fma(vec4<f32>(x${p}.${'xyzw'.charAt(d)}), w${d}_${q}, ${sumName(p, q)});`,
  );
}

/** Declares the sums of `pixels` × `quads`, each starting as `bias<q>`. */
export function declareBiasedSums(pixels: number, quads: number): string {
  return lines(pixels * quads, (i) => `  var ${sumName(Math.floor(i / quads), i % quads)} = bias${i % quads};`);
}

/** The names of the sums, pixel by pixel. */
export function sumNames(pixels: number, quads: number): string {
  return range(pixels * quads)
    .map((i) => sumName(Math.floor(i / quads), i % quads))
    .join(', ');
}

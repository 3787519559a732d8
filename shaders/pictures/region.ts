/**
 * From a region of a picture to a network's input, bilinearly: the region may be turned, and reach beyond the picture. Positions
 * are integers, so that the same pixels are read as by `preprocess` on the host, with the same weights.
 *
 * Layout: as that of `preprocess.ts`. Tables: for each column, then each row of the input two pairs of whole pixels and
 * fractions, across and down; the pixel at (column, row) lies at their sum.
 * Bindings: 0 first read i32, 1 weights read f32 (unused), for bytes i32 (what each becomes, as in `preprocess-bytes.ts`), 2 y
 * read_write; picture.
 * Workgroup: 64 × 1 × 1, one pixel per invocation.
 * Dispatch: dispatch1d(width · height, 64).
 * Spec: as that of `preprocess.ts`; whether the result is of bytes, what is seen beyond the picture, bits of fractions.
 * Limits: no workgroup storage.
 */
import { f32, u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { preprocessBytesShader } from './preprocess-bytes.ts';
import { BYTE_BITS, preprocessShader, type PreprocessSpec } from './preprocess.ts';

/** What differs in the text of the shader. */
export interface RegionSpec extends PreprocessSpec {
  /** Integers that bytes stand for, in place of floats. */
  readonly bytes: boolean;
  /** Border pixels go on beyond the picture, in place of the parameters' border. */
  readonly repeat: boolean;
  /** Bits behind the binary point of positions. */
  readonly positionBits: number;
}

/** What a pixel shows, and what lies beyond. */
const seen = (repeat: boolean): string => wgsl`
fn seen(at: vec2<i32>) -> vec3<f32> {
  let last = vec2<i32>(textureDimensions(picture)) - 1;
  let inside = vec2<u32>(clamp(at, vec2<i32>(0), last));
#if ${!repeat}
  if (any(at < vec2<i32>(0)) || any(at > last)) {
    return vec3<f32>(params.red_border, params.green_border, params.blue_border);
  }
#endif
  return colour(inside.x, inside.y);
}`;

/** Weights of the second of two neighbours, and what those of both add up to. */
function weighing(bytes: boolean, bits: number): string {
  if (!bytes) return `let part = vec2<f32>(fraction) / ${f32(2 ** bits)};\n  let one = 1.0;`;
  const dropped = bits - BYTE_BITS / 2;
  return `let part = (fraction + (1i << ${u32(dropped - 1)})) >> vec2<u32>(${u32(dropped)});
  let one = 1i << ${u32(BYTE_BITS / 2)};`;
}

function sampling({ bytes, repeat, positionBits: bits }: RegionSpec): string {
  return wgsl`
${seen(repeat)}
fn sample(x: u32, y: u32) -> vec3<f32> {
  let column = x * 4u;
  let row = (params.part_width + y) * 4u;
  let ends = vec2<i32>(first[column + 1u] + first[row + 1u], first[column + 3u] + first[row + 3u]);
  let low = vec2<i32>(first[column] + first[row], first[column + 2u] + first[row + 2u]) + (ends >> vec2<u32>(${u32(bits)}));
  let fraction = ends & vec2<i32>((1i << ${u32(bits)}) - 1i);
  ${weighing(bytes, bits)}
  var sum = SUM(0);
  for (var ty = 0; ty < 2; ty++) {
    let wy = select(one - part.y, part.y, ty == 1);
    if (wy == 0) { continue; }
    var line = SUM(0);
    for (var tx = 0; tx < 2; tx++) {
      let wx = select(one - part.x, part.x, tx == 1);
      if (wx == 0) { continue; }
      line += wx * SUM(seen(low + vec2<i32>(tx, ty)));
    }
    sum += wy * line;
  }
  return vec3<f32>(${bytes ? 'rounded(sum)' : 'sum'});
}`.replaceAll('SUM', bytes ? 'vec3<i32>' : 'vec3<f32>');
}

export function regionShader(spec: RegionSpec): ShaderModule {
  const text = sampling(spec);
  return spec.bytes ? preprocessBytesShader(spec, text) : preprocessShader(spec, undefined, text);
}

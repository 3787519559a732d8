/**
 * The scale that spreads 0 to 255 over the elements of x and 0, and the byte that 0 has: extremes of parts of x, then these of
 * all. NaN is passed over.
 *
 * Layout: x of `elements` as stored, in order; extremes [2 · parts], least and greatest of each; scale [1]; zero_point [1].
 * Bindings: parts: x read, extremes read_write f32; whole: extremes read, scale read_write f32, zero_point read_write.
 * Workgroup: 64 × 1 × 1; parts: every `count`th vector of x per invocation; whole: one workgroup, whose invocations are joined in
 *   workgroup memory.
 * Dispatch: parts: dispatch1d(count, 64); whole: 1.
 * Spec: stage; how x and the zero point are stored.
 * Limits: whole uses 512 bytes of workgroup storage.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { FLAT_WORKGROUP, fours } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { isNanFunction } from '../lib/numbers.ts';
import { QUOTIENT } from '../lib/quotient.ts';
import { bindingOf, load } from '../lib/storage.ts';

/** Extremes of parts of x. */
export function rangePartsShader(x: Storage): ShaderModule {
  const vectors = fours('x', x);
  return shaderModule({
    bindings: [bindingOf(vectors, 'read'), { name: 'extremes', access: 'read_write', element: 'f32' }],
    params: { count: 'u32', vectors: 'u32', elements: 'u32' },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations: isNanFunction(4),
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  var least = vec4<f32>();
  var greatest = vec4<f32>();
  for (var k = i; k < params.vectors; k += params.count) {
    let given = ${load(vectors, 'k')};
    let beyond = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(k * 4u) >= vec4<u32>(params.elements);
    let v = select(given, vec4<f32>(), is_nan(given) | beyond);
    least = min(least, v);
    greatest = max(greatest, v);
  }
  extremes[i * 2u] = min(min(least.x, least.y), min(least.z, least.w));
  extremes[i * 2u + 1u] = max(max(greatest.x, greatest.y), max(greatest.z, greatest.w));`,
  });
}

/** Scale and zero point of all parts. */
export function rangeShader(zeroPoint: Storage): ShaderModule {
  const byte = isPacked(zeroPoint) ? 'u32' : 'i32';
  return shaderModule({
    bindings: [
      { name: 'extremes', access: 'read', element: 'f32' },
      { name: 'scale', access: 'read_write', element: 'f32' },
      { name: 'zero_point', access: 'read_write', element: byte },
    ],
    params: { parts: 'u32' },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations: wgsl`
${QUOTIENT}
${isNanFunction(1)}
var<workgroup> shared_extremes: array<vec2<f32>, ${u32(FLAT_WORKGROUP)}>;`,
    body: wgsl`
  var own = vec2<f32>();
  for (var k = local_index; k < params.parts; k += ${u32(FLAT_WORKGROUP)}) {
    own = vec2<f32>(min(own.x, extremes[k * 2u]), max(own.y, extremes[k * 2u + 1u]));
  }
  shared_extremes[local_index] = own;
  workgroupBarrier();
  if (local_index > 0u) { return; }
  for (var k = 1u; k < ${u32(FLAT_WORKGROUP)}; k++) {
    let other = shared_extremes[k];
    own = vec2<f32>(min(own.x, other.x), max(own.y, other.y));
  }
  let spread = quotient(own.y - own.x, 255.0);
  let s = select(spread, 1.0, own.x == own.y);
  let offset = quotient(-own.x, s);
  // Of infinite elements there is none: as onnxruntime has it, the highest.
  let zero = select(round(clamp(offset, 0.0, 255.0)), 255.0, is_nan(offset));
  scale[0] = s;
  zero_point[0] = ${byte}(zero);`,
  });
}

/**
 * Adds up the parts of a product whose depth was split (shaders/product/tiled.ts), and finishes it.
 *
 * Layout: partial[split][row][⌈width / 4⌉ vectors], rows of all batches; y as in shaders/product/registers.ts.
 * Bindings: partial read, bias? read f32, residual? read, y read_write.
 * Workgroup: 64 × 1 × 1, four columns each.
 * Dispatch: dispatch1d(count, 64), count = batches · rows · ⌈width / 4⌉.
 * Spec: that of the product's tail.
 * Limits: no workgroup storage.
 */
import { epilogueBindings, finishFunction, outputBinding } from '../lib/epilogue.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, type ShaderModule } from '../lib/module.ts';
import { productBias, tailParams, withBias, type ProductTail } from '../lib/product.ts';

/** Invocations per workgroup. */
export const SUM_WORKGROUP = 64;

export function productSumShader(spec: ProductTail): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'partial', access: 'read', element: 'vec4<f32>' },
      ...epilogueBindings(spec, spec.outVector),
      outputBinding(spec, spec.outVector),
    ],
    params: { count: 'u32', splits: 'u32', quads: 'u32', rows: 'u32', first: 'u32', width: 'u32', ...tailParams(spec) },
    workgroupSize: [SUM_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, spec.outVector),
    body: `
  ${linearIndex(SUM_WORKGROUP)}
  if (i >= params.count) { return; }
  var sum = vec4<f32>();
  for (var s = 0u; s < params.splits; s++) { sum += partial[s * params.count + i]; }
  let row = i / params.quads;
  let column = (i - row * params.quads) * 4u;
  let channel = params.first + column;
  finish(${withBias(spec, 'sum', productBias('(row % params.rows)', 'channel'))}, row, channel, min(4u, params.width - column));`,
  });
}

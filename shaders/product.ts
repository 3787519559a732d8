/**
 * Matrix products, batched: Gemm, MatMul and 1×1 convolutions. Each invocation sums four columns of one or four rows
 * in registers.
 *
 * Layout: a[batch][a_offset + row·a_pitch + k] (transA: [k·rows + row]), b[batch][k·width + j] (transB: [j·depth + k]),
 *   where b holds `width` of the columns, column = first + j; y and residual: row batch·rows + row, channel column, as
 *   placed; bias[row·bias_row + column·bias_column].
 * Bindings: a read, b read, bias? read f32, residual? read, y read_write; a is vec4 when depthVector is 4, and so is b
 *   with transB; without, b is vec4 when columnVector is 4. residual and y are vec4 when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `rows` rows × 4 columns.
 * Dispatch: dispatch1d(count, 64), count = batches · tiles · quads, tiles = ⌈rows / spec.rows⌉, quads = ⌈width / 4⌉.
 * Spec: rows 1 or 4; depthVector 4 when depth % 4 = 0 and not transA; columnVector 4 when columns, width and first are
 *   multiples of 4, outVector 4 when y's placement is too; aType, bType f32 or f16; batchRank, the dimensions over which batches broadcast (strides s of a, t of b); scaled, y = alpha·a·b + beta·bias; epilogue.
 * Limits: no workgroup storage.
 */
import { range } from '../src/util/arrays.ts';
import {
  biasVector,
  epilogueBindings,
  epilogueParams,
  finishFunction,
  outputBinding,
  type EpilogueSpec,
} from './lib/epilogue.ts';
import { linearIndex } from './lib/index.ts';
import { u32 } from './lib/literal.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from './lib/module.ts';
import { vectorType } from './lib/numbers.ts';
import { coordinates, listFields, stridedOffset } from './lib/strided.ts';
import { perPixel } from './lib/window.ts';

/** Invocations per workgroup. */
export const PRODUCT_WORKGROUP = 64;

export interface ProductSpec extends EpilogueSpec {
  readonly rows: 1 | 4;
  readonly depthVector: 1 | 4;
  readonly columnVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly aType: 'f32' | 'f16';
  readonly bType: 'f32' | 'f16';
  readonly transA: boolean;
  readonly transB: boolean;
  readonly batchRank: number;
  readonly scaled: boolean;
}

const LANES = [0, 1, 2, 3];

/** Width of b's elements. */
function bVector({ transB, depthVector, columnVector }: ProductSpec): 1 | 4 {
  return transB ? depthVector : columnVector;
}

/** Loads of b for one step, and the sums: `k` counts steps of depthVector. */
function step(spec: ProductSpec): string {
  const { rows, depthVector, columnVector, transA, transB } = spec;
  const wide = vectorType('f32', depthVector);
  const a = (r: number): string =>
    transA ? `    let a${r} = f32(a[a_at + k * params.rows + row${r}]);` : `    let a${r} = ${wide}(a[a_at${r} + k]);`;
  const loadA = perPixel(rows, a);
  if (transB && depthVector === 4) {
    const loadB = LANES.map((j) => `    let b${j} = vec4<f32>(b[b_at + ${u32(j)} * (params.depth / 4u) + k]);`).join(
      '\n',
    );
    const dots = (r: number): string => LANES.map((j) => `dot(a${r}, b${j})`).join(', ');
    return [loadB, loadA, perPixel(rows, (r) => `    acc${r} += vec4<f32>(${dots(r)});`)].join('\n');
  }
  const loadB = range(depthVector).map((d) => {
    const k = depthVector === 4 ? `(k * 4u + ${u32(d)})` : 'k';
    if (transB)
      return `    let b${d} = vec4<f32>(${LANES.map((j) => `f32(b[b_at + ${u32(j)} * params.depth + k])`).join(', ')});`;
    if (columnVector === 4) return `    let b${d} = vec4<f32>(b[b_at + ${k} * params.quads]);`;
    return `    let b${d} = vec4<f32>(${LANES.map((j) => `f32(b[b_at + ${k} * params.width + ${u32(j)}])`).join(', ')});`;
  });
  const sums = (r: number): string =>
    depthVector === 4 ? `a${r}.x * b0 + a${r}.y * b1 + a${r}.z * b2 + a${r}.w * b3` : `a${r} * b0`;
  return [...loadB, loadA, perPixel(rows, (r) => `    acc${r} += ${sums(r)};`)].join('\n');
}

function bias(spec: ProductSpec, row: number): string {
  const sum = spec.scaled ? `acc${row} * params.alpha` : `acc${row}`;
  if (!spec.bias) return sum;
  const addend = biasVector(`row${row} * params.bias_row + column * params.bias_column`, 'params.bias_column');
  return `${sum} + ${addend}${spec.scaled ? ' * params.beta' : ''}`;
}

function params(spec: ProductSpec): ParamFields {
  return {
    count: 'u32',
    rows: 'u32',
    depth: 'u32',
    columns: 'u32',
    first: 'u32',
    width: 'u32',
    tiles: 'u32',
    quads: 'u32',
    ...(spec.transA ? {} : ({ a_offset: 'u32', a_pitch: 'u32' } as const)),
    ...(spec.bias ? ({ bias_row: 'u32', bias_column: 'u32' } as const) : {}),
    ...(spec.scaled ? ({ alpha: 'f32', beta: 'f32' } as const) : {}),
    ...listFields('d', spec.batchRank),
    ...listFields('s', spec.batchRank),
    ...listFields('t', spec.batchRank),
    ...epilogueParams(spec),
  };
}

export function productShader(spec: ProductSpec): ShaderModule {
  const { rows, depthVector, outVector, transA, transB, batchRank } = spec;
  // Rows past the end repeat the last one and are not written.
  const rowOf = (r: number): string => `  let row${r} = min(tile * ${u32(rows)} + ${u32(r)}, params.rows - 1u);`;
  const rowStart = (r: number): string =>
    transA ? '' : `  let a_at${r} = (a_at + params.a_offset + row${r} * params.a_pitch) / ${u32(depthVector)};`;
  const store = (r: number): string =>
    `  if (tile * ${u32(rows)} + ${u32(r)} < params.rows) { finish(${bias(spec, r)}, batch * params.rows + row${r}, column, lanes); }`;
  return shaderModule({
    bindings: [
      { name: 'a', access: 'read', element: vectorType(spec.aType, depthVector) },
      { name: 'b', access: 'read', element: vectorType(spec.bType, bVector(spec)) },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: params(spec),
    workgroupSize: [PRODUCT_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, outVector),
    body: wgsl`
  ${linearIndex(PRODUCT_WORKGROUP)}
  if (i >= params.count) { return; }
  let tile_index = i / params.quads;
  let b_column = (i - tile_index * params.quads) * 4u;
  let column = params.first + b_column;
  let batch = tile_index / params.tiles;
  let tile = tile_index - batch * params.tiles;
  let lanes = min(4u, params.width - b_column);
  ${coordinates(batchRank, 'batch')}
  let a_at = ${stridedOffset(batchRank, 's')};
#if ${transB}
  let b_at = (${stridedOffset(batchRank, 't')} + b_column * params.depth) / ${u32(bVector(spec))};
#else
  let b_at = (${stridedOffset(batchRank, 't')} + b_column) / ${u32(bVector(spec))};
#endif
${perPixel(rows, rowOf)}
${perPixel(rows, rowStart)}
${perPixel(rows, (r) => `  var acc${r} = vec4<f32>();`)}
  for (var k = 0u; k < params.depth / ${u32(depthVector)}; k++) {
${step(spec)}
  }
${perPixel(rows, store)}`,
  });
}

/**
 * Matrix products in registers, for any operands: each invocation sums a few column quads of a few rows.
 *
 * Layout: a[batch][a_offset + row·a_pitch + k] (transA: [k·rows + row]), b[batch][k·b_pitch + j] (transB: [j·b_pitch + k]),
 *   where b holds `width` of the columns, column = first + j; y and residual: row batch·rows + row, channel column, as
 *   placed; bias[row·bias_row + column·bias_column].
 * Bindings: a read, b read, gate? read, bias? read f32, residual? read, y read_write.
 * Workgroup: workgroup × 1 × 1; an invocation makes `rows` rows × 4·quads columns.
 * Dispatch: dispatch1d(count, workgroup), count = batches · row_tiles · column_tiles, row_tiles = ⌈rows / spec.rows⌉,
 *   column_tiles = ⌈width / 4 / quads⌉.
 * Spec: ProductSpec; rows, quads per invocation; workgroup, its size.
 * Limits: no workgroup storage.
 */
import { finishFunction } from '../lib/epilogue.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  accumulate,
  aQuad,
  batchBases,
  bNames,
  bStart,
  declareRow,
  declareStep,
  declareSums,
  lines,
  loadB,
  operandParams,
  productBias,
  productBindings,
  sumName,
  tailParams,
  withBias,
  type ProductSpec,
} from '../lib/product.ts';

export interface RegisterProductSpec extends ProductSpec {
  readonly rows: number;
  readonly quads: number;
  readonly workgroup: number;
}

/** Sums of the four depths from `k` on: all of b first, then row by row. */
function step(spec: RegisterProductSpec): string {
  const { rows, quads } = spec;
  const sums = (r: number): string => lines(quads, (q) => `    ${accumulate(spec, sumName(r, q), `x${r}`, bNames(q))}`);
  return `${lines(quads, (q) => loadB(spec, q))}
${lines(rows, (r) => `    let x${r} = ${aQuad(spec, r)};\n${sums(r)}`)}`;
}

/** Writes the sums of a column quad. */
function tail(spec: RegisterProductSpec, q: number): string {
  const hoisted = spec.bias && !spec.biasRows;
  const finish = (r: number): string => {
    const bias = hoisted ? `bias${q}` : productBias(`row${r}`, `column${q}`);
    const sum = withBias(spec, sumName(r, q), bias);
    return `    if (row + ${u32(r)} < params.rows) { finish(${sum}, batch * params.rows + row${r}, column${q}, lanes); }`;
  };
  return wgsl`
  if (b_column${q} < params.width) {
    let column${q} = params.first + b_column${q};
    let lanes = min(4u, params.width - b_column${q});
#if ${hoisted}
    let bias${q} = ${productBias('0u', `column${q}`)};
#endif
${lines(spec.rows, finish)}
  }`;
}

export function registerProductShader(spec: RegisterProductSpec): ShaderModule {
  const { rows, quads, workgroup } = spec;
  // Rows and columns past the end repeat the last and are not written.
  return shaderModule({
    bindings: productBindings(spec),
    params: { count: 'u32', row_tiles: 'u32', column_tiles: 'u32', ...operandParams(spec), ...tailParams(spec) },
    workgroupSize: [workgroup, 1, 1],
    declarations: finishFunction(spec, spec.outVector),
    body: `
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
  let tile = i / params.column_tiles;
  let batch = tile / params.row_tiles;
  let row = (tile - batch * params.row_tiles) * ${u32(rows)};
  ${batchBases(spec)}
${lines(quads, (q) => `  let b_column${q} = ((i - tile * params.column_tiles) * ${u32(quads)} + ${u32(q)}) * 4u;`)}
${lines(quads, (q) => `  let b_at${q} = ${bStart(spec, `min(b_column${q}, (params.width - 1u) / 4u * 4u)`)};`)}
${lines(rows, (r) => `  let row${r} = min(row + ${u32(r)}, params.rows - 1u);`)}
${lines(rows, (r) => `  ${declareRow(spec, r, `row${r}`)}`)}
${declareSums(rows, quads)}
  for (var k = 0u; k < params.depth; k += 4u) {
    ${declareStep(spec)}
${step(spec)}
  }
${lines(quads, (q) => tail(spec, q))}`,
  });
}

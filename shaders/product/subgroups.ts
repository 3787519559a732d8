/**
 * Matrix products by subgroups, without workgroup memory: the lanes of a subgroup load different parts of the operand
 * they share, one load each, and pass them round. On adapters where a load costs as much as twenty multiply-adds, and
 * as much for one address as for many (lavapipe, SwiftShader), that is what counts.
 *
 * Layout: as in lib/product.ts; row r, column first + j of y.
 * Bindings: a read, b read, gate? read, bias? read f32, residual? read, y read_write.
 * Workgroup: one subgroup. `lanes: 'columns'`: lane l sums `rows` rows × `quads` column quads l, l + size, …, and a is
 *   passed round. `lanes: 'rows'`: lane l sums rows l, l + size, … (`rows` of them) × `quads` column quads, and b is passed round.
 * Dispatch: [column blocks, row blocks, batches]; a block is rows × 4·quads·size columns, or rows·size × 4·quads columns.
 * Spec: ProductSpec, not transA, and b in vectors; lanes, rows, quads, size (of a subgroup, as the device has it).
 * Limits: no workgroup storage; needs the feature subgroups, and one size of subgroup.
 */
import { range } from '../../src/util/arrays.ts';
import { finishFunction } from '../lib/epilogue.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  accumulate,
  aOne,
  aQuad,
  bAt,
  batchBases,
  bNames,
  bStart,
  declareRow,
  declareStep,
  declareSums,
  isByColumn,
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

export interface SubgroupProductSpec extends ProductSpec {
  /** What the lanes of a subgroup stand for. */
  readonly lanes: 'columns' | 'rows';
  /** Rows per lane. */
  readonly rows: number;
  /** Column quads per lane. */
  readonly quads: number;
  readonly size: number;
}

/** The rows and columns that one workgroup makes. */
export function subgroupBlock(spec: Pick<SubgroupProductSpec, 'lanes' | 'rows' | 'quads' | 'size'>): {
  readonly rows: number;
  readonly columns: number;
} {
  const { lanes, rows, quads, size } = spec;
  return lanes === 'columns' ? { rows, columns: 4 * quads * size } : { rows: rows * size, columns: 4 * quads };
}

/** `value` of lane `index % size`, of load `index / size`. */
function passed({ size }: SubgroupProductSpec, name: string, index: number): string {
  return `subgroupBroadcast(${name}${Math.floor(index / size)}, ${u32(index % size)})`;
}

/** Share `index` of a lane, of `count`; lanes past the end repeat the last. */
function share({ size }: SubgroupProductSpec, load: number, count: number): string {
  return `min(lane + ${u32(load * size)}, ${u32(count - 1)})`;
}

/** A step of all rows of a, shared out over the lanes: one vector, or one element, a lane and load. */
function sharedA(spec: SubgroupProductSpec): { starts: string; loads: string; use: (row: number) => string } {
  const perRow = spec.aVector === 4 ? 1 : 4;
  const count = spec.rows * perRow;
  const loads = Math.ceil(count / spec.size);
  const row = (i: number): string =>
    `min(row + ${share(spec, i, count)}${perRow === 4 ? ' / 4u' : ''}, params.rows - 1u)`;
  const starts = lines(loads, (i) =>
    [
      `  let a_row${i} = ${row(i)};`,
      `  ${declareRow(spec, i, `a_row${i}`)}`,
      ...(perRow === 4 ? [`  let a_k${i} = ${share(spec, i, count)} % 4u;`] : []),
    ].join('\n'),
  );
  const load = (i: number): string => (perRow === 4 ? aOne(spec, i, `(k + a_k${i})`) : aQuad(spec, i));
  const use = (r: number): string =>
    perRow === 1
      ? passed(spec, 'av', r)
      : `vec4<f32>(${range(4)
          .map((d) => passed(spec, 'av', 4 * r + d))
          .join(', ')})`;
  return { starts, loads: lines(loads, (i) => `    let av${i} = ${load(i)};`), use };
}

/** Lanes across columns. */
function byColumns(spec: SubgroupProductSpec): string {
  const { rows, quads, size } = spec;
  const a = sharedA(spec);
  const step = (r: number): string =>
    [
      `    let x${r} = ${a.use(r)};`,
      ...range(quads).map((q) => `    ${accumulate(spec, sumName(r, q), `x${r}`, bNames(q))}`),
    ].join('\n');
  const column = (q: number): string =>
    `  let column${q} = (wid.x * ${u32(size * quads)} + lane + ${u32(q * size)}) * 4u;`;
  return `
  let row = wid.y * ${u32(rows)};
${lines(quads, column)}
${lines(quads, (q) => `  let b_at${q} = ${bStart(spec, `min(column${q}, (params.width - 1u) / 4u * 4u)`)};`)}
${a.starts}
${declareSums(rows, quads)}
  for (var k = 0u; k < params.depth; k += 4u) {
${spec.aVector === 4 ? `    ${declareStep(spec)}` : ''}
${a.loads}
${lines(quads, (q) => loadB(spec, q))}
${lines(rows, step)}
  }
${tail(spec, {
  row: 'row + r',
  rows: 'params.rows - row',
  column: `column0 + q * ${u32(4 * size)}`,
  quads: u32(quads),
})}`;
}

/** Lanes across rows. */
function byRows(spec: SubgroupProductSpec): string {
  const { rows, quads, size } = spec;
  // A step of b: four depths × quads vectors of columns, or 4·quads columns × one vector of depths.
  const count = 4 * quads;
  const loads = Math.ceil(count / size);
  const byColumn = isByColumn(spec);
  const start = (i: number): string => {
    const index = share(spec, i, count);
    if (byColumn) return `  let b_at${i} = ${bStart(spec, `min(column + ${index}, params.width - 1u)`)};`;
    const at = bStart(spec, `min(column + ${index} % ${u32(quads)} * 4u, (params.width - 1u) / 4u * 4u)`);
    return `  let b_k${i} = ${index} / ${u32(quads)};\n  let b_at${i} = ${at};`;
  };
  const load = (i: number): string => {
    if (byColumn) return bAt(spec, `b_at${i} + k / 4u`);
    const value = bAt(spec, `b_at${i} + (k + b_k${i}) * (params.b_pitch / 4u)`);
    return spec.ragged ? `select(vec4<f32>(), ${value}, k + b_k${i} < params.depth)` : value;
  };
  const quad = (q: number): string => {
    const names = bNames(q);
    const spread = names.map((n, d) => `    let ${n} = ${passed(spec, 'bv', byColumn ? 4 * q + d : d * quads + q)};`);
    return [...spread, ...range(rows).map((r) => `    ${accumulate(spec, sumName(r, q), `x${r}`, names)}`)].join('\n');
  };
  return `
  let row = wid.y * ${u32(rows * size)} + lane;
  let column = wid.x * ${u32(4 * quads)};
${lines(rows, (r) => `  let a_row${r} = min(row + ${u32(r * size)}, params.rows - 1u);\n  ${declareRow(spec, r, `a_row${r}`)}`)}
${lines(loads, start)}
${declareSums(rows, quads)}
  for (var k = 0u; k < params.depth; k += 4u) {
${lines(loads, (i) => `    let bv${i} = ${load(i)};`)}
    ${declareStep(spec)}
${lines(rows, (r) => `    let x${r} = ${aQuad(spec, r)};`)}
${lines(quads, quad)}
  }
${tail(spec, {
  row: `row + r * ${u32(size)}`,
  rows: `(params.rows - (row - lane) + ${u32(size - 1)}) / ${u32(size)}`,
  column: 'column + q * 4u',
  quads: '(params.width - column + 3u) / 4u',
})}`;
}

/** Expressions: where sum (r, q) belongs, and how many rows and quads there are at most. */
interface Places {
  readonly row: string;
  readonly rows: string;
  readonly column: string;
  readonly quads: string;
}

/**
 * Writes the sums in loops of unknown length: an epilogue for each would be compiled for longer than it ever runs (25x4 on
 * lavapipe: 0.98 s, and 0.37 in loops). The extents of the tile are parameters: Mesa unrolls what ends at a constant.
 */
function tail(spec: SubgroupProductSpec, places: Places): string {
  const { rows, quads } = spec;
  const hoisted = spec.bias && !spec.biasRows;
  const names = range(rows * quads).map((i) => sumName(i % rows, Math.floor(i / rows)));
  const sum = withBias(spec, `sums[q * ${u32(rows)} + r]`, hoisted ? 'bias_vector' : productBias('y_row', 'channel'));
  return wgsl`
  var sums = array<vec4<f32>, ${u32(rows * quads)}>(${names.join(', ')});
  for (var q = 0u; q < min(params.tile_quads, ${places.quads}); q++) {
    let y_column = ${places.column};
    if (y_column < params.width) {
      let lanes = min(4u, params.width - y_column);
      let channel = params.first + y_column;
#if ${hoisted}
      let bias_vector = ${productBias('0u', 'channel')};
#endif
      for (var r = 0u; r < min(params.tile_rows, ${places.rows}); r++) {
        let y_row = ${places.row};
        if (y_row < params.rows) {
          finish(${sum}, batch * params.rows + y_row, channel, lanes);
        }
      }
    }
  }`;
}

export function subgroupProductShader(spec: SubgroupProductSpec): ShaderModule {
  return shaderModule({
    bindings: productBindings(spec),
    params: { ...operandParams(spec), tile_rows: 'u32', tile_quads: 'u32', ...tailParams(spec) },
    workgroupSize: [spec.size, 1, 1],
    subgroups: true,
    declarations: finishFunction(spec, spec.outVector),
    body: `  let batch = wid.z;
  ${batchBases(spec)}
${spec.lanes === 'columns' ? byColumns(spec) : byRows(spec)}`,
  });
}

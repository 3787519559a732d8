/**
 * Matrix products through workgroup memory, for GPUs: a workgroup loads a block of a and of b, and every invocation
 * multiplies its rows and columns of them.
 *
 * Layout: as in lib/product.ts. With `split`, the depth is cut into `splits` parts, and what is written is
 *   partial[split][batch][row][column], for shaders/product/sum.ts, with ⌈width / 4⌉ vectors a row.
 * Bindings: a read, b read, gate? read; bias? read f32, residual? read, y read_write; or, with split, partial read_write.
 * Workgroup: tileColumns / (4·quads) × tileRows / rows × 1; invocation (x, y) makes rows y, y + size_y, … and column
 *   quads x, x + size_x, ….
 * Dispatch: [⌈width / tileColumns⌉, ⌈rows / tileRows⌉, batches · splits].
 * Spec: ProductSpec; tileRows, tileColumns, tileDepth (multiples of 4), rows and quads per invocation; split.
 * Limits: workgroup storage (tileRows + tileColumns)·tileDepth·4 bytes.
 */
import { range } from '../../src/util/arrays.ts';
import { finishFunction } from '../lib/epilogue.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import {
  accumulate,
  aQuad,
  batchBases,
  bNames,
  bQuads,
  bRow,
  bStart,
  declareRow,
  declareStep,
  declareSums,
  isByColumn,
  lines,
  operandBindings,
  operandParams,
  productBias,
  productBindings,
  sumName,
  tailParams,
  withBias,
  type ProductSpec,
} from '../lib/product.ts';

/** The block of a workgroup, and the part of an invocation. */
export interface ProductTile {
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly tileDepth: number;
  readonly rows: number;
  readonly quads: number;
}

export interface TiledProductSpec extends ProductSpec, ProductTile {
  readonly split: boolean;
}

/** Extents of the workgroup. */
export function tiledWorkgroup({ tileRows, tileColumns, rows, quads }: ProductTile): readonly [number, number] {
  return [tileColumns / (4 * quads), tileRows / rows];
}

/** Bytes of workgroup memory. */
export function tiledStorage({ tileRows, tileColumns, tileDepth }: ProductTile): number {
  return (tileRows + tileColumns) * tileDepth * 4;
}

/** Fills both blocks; what lies past the depth is zero, rows and columns past the end repeat the last. */
function fill(spec: TiledProductSpec, threads: number): string {
  const { tileRows, tileColumns, tileDepth } = spec;
  const [depthQuads, columnQuads] = [u32(tileDepth / 4), u32(tileColumns / 4)];
  const column = (quad: string): string =>
    bStart(spec, `min(first_column + ${quad} * 4u, (params.width - 1u) / 4u * 4u)`);
  const loop = (count: number, body: string): string =>
    `    for (var i = local_index; i < ${u32(count)}; i += ${u32(threads)}) {\n${body}\n    }`;
  const fillA = `      let k = k_start + i % ${depthQuads} * 4u;
      let row = min(first_row + i / ${depthQuads}, params.rows - 1u);
      ${declareRow(spec, '', 'row')}
      ${declareStep(spec)}
      a_tile[i] = select(vec4<f32>(), ${aQuad(spec, '')}, k < params.depth);`;
  // A transposed b comes in blocks of four columns × four depths.
  const vectors = bQuads(spec, 'at').map(
    (load, j) => `      let c${j} = select(vec4<f32>(), ${load}, k < params.depth);`,
  );
  const turned = range(4).map((d) => {
    const lane = 'xyzw'.charAt(d);
    return `      b_tile[(depth_quad * 4u + ${u32(d)}) * ${columnQuads} + quad] = vec4<f32>(c0.${lane}, c1.${lane}, c2.${lane}, c3.${lane});`;
  });
  const fillColumns = `      let depth_quad = i % ${depthQuads};
      let quad = i / ${depthQuads};
      let k = k_start + depth_quad * 4u;
      let at = ${column('quad')};
${[...vectors, ...turned].join('\n')}`;
  const fillRows = `      let k = k_start + i / ${columnQuads};
      let at = ${column(`(i % ${columnQuads})`)};
      b_tile[i] = ${bRow({ ...spec, ragged: true }, 'at', 'k')};`;
  return `${loop((tileRows * tileDepth) / 4, fillA)}
${isByColumn(spec) ? loop((tileColumns * tileDepth) / 16, fillColumns) : loop((tileColumns * tileDepth) / 4, fillRows)}`;
}

/** Multiplies four depths of the blocks. */
function multiply(spec: TiledProductSpec): string {
  const { rows, quads, tileDepth, tileColumns } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const loadBlock = (q: number): string =>
    bNames(q)
      .map((name, d) => {
        const at = `(k * 4u + ${u32(d)}) * ${u32(tileColumns / 4)} + lid.x + ${u32(q * sizeX)}`;
        return `      let ${name} = b_tile[${at}];`;
      })
      .join('\n');
  // In the block, b always lies row by row.
  const inRows = { ...spec, transB: false };
  const row = (r: number): string =>
    `      let x${r} = a_tile[(lid.y + ${u32(r * sizeY)}) * ${u32(tileDepth / 4)} + k];
${lines(quads, (q) => `      ${accumulate(inRows, sumName(r, q), `x${r}`, bNames(q))}`)}`;
  return `${lines(quads, loadBlock)}\n${lines(rows, row)}`;
}

/** Writes the sums of a column quad: the result, or this part of it. */
function tail(spec: TiledProductSpec, q: number): string {
  const { rows, split } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const hoisted = spec.bias && !spec.biasRows && !split;
  const store = (r: number): string => {
    const row = `(first_row + lid.y + ${u32(r * sizeY)})`;
    const sum = sumName(r, q);
    const bias = hoisted ? `bias${q}` : productBias(row, `(params.first + column${q})`);
    const partial = `partial[(wid.z * params.rows + ${row}) * ((params.width + 3u) / 4u) + column${q} / 4u] = ${sum};`;
    const finish = `finish(${withBias(spec, sum, bias)}, batch * params.rows + ${row}, params.first + column${q}, lanes);`;
    return `    if (${row} < params.rows) { ${split ? partial : finish} }`;
  };
  return wgsl`
  let column${q} = first_column + (lid.x + ${u32(q * sizeX)}) * 4u;
  if (column${q} < params.width) {
    let lanes = min(4u, params.width - column${q});
#if ${hoisted}
    let bias${q} = ${productBias('0u', `(params.first + column${q})`)};
#endif
${lines(rows, store)}
  }`;
}

const PARTIAL: Binding = { name: 'partial', access: 'read_write', element: 'vec4<f32>' };

export function tiledProductShader(spec: TiledProductSpec): ShaderModule {
  const { tileRows, tileColumns, tileDepth, rows, quads, split } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  return shaderModule({
    bindings: split ? [...operandBindings(spec), PARTIAL] : productBindings(spec),
    params: {
      ...operandParams(spec),
      ...(split ? ({ batches: 'u32', split_depth: 'u32' } as const) : tailParams(spec)),
    },
    workgroupSize: [sizeX, sizeY, 1],
    declarations: wgsl`
var<workgroup> a_tile: array<vec4<f32>, ${u32((tileRows * tileDepth) / 4)}>;
var<workgroup> b_tile: array<vec4<f32>, ${u32((tileColumns * tileDepth) / 4)}>;
#if ${!split}
${finishFunction(spec, spec.outVector)}
#endif`,
    body: wgsl`
#if ${split}
  let batch = wid.z % params.batches;
  let k_first = wid.z / params.batches * params.split_depth;
  let k_end = min(k_first + params.split_depth, params.depth);
#else
  let batch = wid.z;
  let k_first = 0u;
  let k_end = params.depth;
#endif
  ${batchBases(spec)}
  let first_row = wid.y * ${u32(tileRows)};
  let first_column = wid.x * ${u32(tileColumns)};
${declareSums(rows, quads)}
  for (var k_start = k_first; k_start < k_end; k_start += ${u32(tileDepth)}) {
${fill(spec, sizeX * sizeY)}
    workgroupBarrier();
    for (var k = 0u; k < ${u32(tileDepth / 4)}; k++) {
${multiply(spec)}
    }
    workgroupBarrier();
  }
${lines(quads, (q) => tail(spec, q))}`,
  });
}

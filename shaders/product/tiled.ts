/**
 * Matrix products through workgroup memory, for GPUs: a workgroup loads a block of a and of b, and every invocation
 * multiplies its rows and columns of them. The next blocks are on their way while these are multiplied.
 *
 * Layout: as in lib/product.ts. With `split`, the depth is cut into `splits` parts, and what is written is
 *   partial[split][batch][row][column], for shaders/product/sum.ts, with ⌈width / 4⌉ vectors a row.
 * Bindings: a read, b read, gate? read; bias? read f32, residual? read, y read_write; or, with split, partial read_write.
 * Workgroup: tileColumns / (4·quads) × tileRows / rows × 1; invocation (x, y) makes rows y, y + size_y, … and column
 *   quads x, x + size_x, ….
 * Dispatch: [⌈width / tileColumns⌉, ⌈rows / tileRows⌉, batches · splits].
 * Spec: ProductSpec; tileRows, tileColumns, tileDepth (multiples of 4), rows and quads per invocation; split.
 * Limits: workgroup storage (tileRows + tileColumns)·tileDepth·4 bytes; the invocations are a multiple of tileDepth / 4 and
 *   of tileColumns / 4, divide both blocks, and are no fewer than the squares of four in the block of b.
 */
import { at, range } from '../../src/util/arrays.ts';
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
import {
  floatBlocks,
  multiplyFloats,
  tiledBody,
  tiledInvocations,
  tiledWorkgroup,
  type ProductTile,
  type TileReader,
} from '../lib/tiled.ts';

export interface TiledProductSpec extends ProductSpec, ProductTile {
  readonly split: boolean;
}

/** Bytes of workgroup memory. */
export function tiledStorage({ tileRows, tileColumns, tileDepth }: ProductTile): number {
  return (tileRows + tileColumns) * tileDepth * 4;
}

/** How the blocks are shared out: invocations, and the vectors of a that each of them loads. */
function sharing(spec: TiledProductSpec): { readonly threads: number; readonly a: number; readonly b: number } {
  const { tileRows, tileColumns, tileDepth } = spec;
  const threads = tiledInvocations(spec);
  const vectors = (extent: number): number => (extent * tileDepth) / 4 / threads;
  // A transposed b comes in squares of four columns × four depths: no more than one each.
  return { threads, a: vectors(tileRows), b: isByColumn(spec) ? 4 : vectors(tileColumns) };
}

/** Reads a: rows past the end repeat the last. Declares `k`, where the shares of a start along the depth. */
function aReader(spec: TiledProductSpec): TileReader {
  const { threads, a } = sharing(spec);
  const depthQuads = u32(spec.tileDepth / 4);
  const row = (i: number): string => {
    const after = u32((i * threads * 4) / spec.tileDepth);
    return `  let row${i} = min(first_row + local_index / ${depthQuads} + ${after}, params.rows - 1u);
  ${declareRow(spec, i, `row${i}`)}`;
  };
  const load = (i: number): string => `      next_a${i} = select(vec4<f32>(), ${aQuad(spec, i)}, k < params.depth);`;
  return {
    origins: lines(a, row),
    shares: lines(a, (i) => `  var next_a${i} = vec4<f32>();`),
    load: `      let k = k_start + local_index % ${depthQuads} * 4u;
      ${declareStep(spec)}
${lines(a, load)}`,
    store: lines(a, (i) => `    a_tile[local_index + ${u32(i * threads)}] = next_a${i};`),
  };
}

/** Reads b, which in the block always lies row by row: columns past the end repeat the last. */
function bReader(spec: TiledProductSpec): TileReader {
  const { threads, b } = sharing(spec);
  const [depthQuads, columnQuads] = [spec.tileDepth / 4, spec.tileColumns / 4];
  const quad = isByColumn(spec) ? `local_index / ${u32(depthQuads)}` : `local_index % ${u32(columnQuads)}`;
  const column = `min(first_column + ${quad} * 4u, (params.width - 1u) / 4u * 4u)`;
  const columns = bQuads(spec, 'b_at');
  const load = (i: number): string => {
    if (isByColumn(spec)) return `      next_b${i} = select(vec4<f32>(), ${columns[i]}, k < params.depth);`;
    const k = `(k_start + local_index / ${u32(columnQuads)} + ${u32((i * threads) / columnQuads)})`;
    return `      next_b${i} = ${bRow({ ...spec, ragged: true }, 'b_at', k)};`;
  };
  return {
    origins: `  let b_at = ${bStart(spec, column)};`,
    shares: lines(b, (i) => `  var next_b${i} = vec4<f32>();`),
    load: squares(spec, lines(b, load)),
    store: isByColumn(spec)
      ? turnedStore(spec)
      : lines(b, (i) => `    b_tile[local_index + ${u32(i * threads)}] = next_b${i};`),
  };
}

/** What only invocations with a square of a transposed b do. */
function squares(spec: TiledProductSpec, body: string): string {
  const count = (spec.tileColumns * spec.tileDepth) / 16;
  return isByColumn(spec) ? `    if (local_index < ${u32(count)}) {\n${body}\n    }` : body;
}

/** Puts squares of a transposed b into the block, row by row. */
function turnedStore(spec: TiledProductSpec): string {
  const { tileColumns, tileDepth } = spec;
  const turned = (d: number): string => {
    const lanes = range(4).map((j) => `next_b${j}.${'xyzw'.charAt(d)}`);
    return `      b_tile[(depth_quad * 4u + ${u32(d)}) * ${u32(tileColumns / 4)} + quad] = vec4<f32>(${lanes.join(', ')});`;
  };
  return squares(
    spec,
    `      let depth_quad = local_index % ${u32(tileDepth / 4)};
      let quad = local_index / ${u32(tileDepth / 4)};
${lines(4, turned)}`,
  );
}

/** Multiplies four depths of the blocks. */
function multiply(spec: TiledProductSpec): string {
  // In the block, b always lies row by row.
  const inRows = { ...spec, transB: false };
  return multiplyFloats(spec, {
    index: 'k',
    bName: (d, q) => at(bNames(q), d),
    add: (r, q) => `      ${accumulate(inRows, sumName(r, q), `x${r}`, bNames(q))}`,
  });
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

/** Declares the part of the depth that a workgroup adds up, where its matrices start, and where its block. */
function begin(spec: TiledProductSpec): string {
  return wgsl`
#if ${spec.split}
  let batch = wid.z % params.batches;
  let k_first = wid.z / params.batches * params.split_depth;
  let k_end = min(k_first + params.split_depth, params.depth);
#else
  let batch = wid.z;
  let k_first = 0u;
  let k_end = params.depth;
#endif
  ${batchBases(spec)}
  let first_row = wid.y * ${u32(spec.tileRows)};
  let first_column = wid.x * ${u32(spec.tileColumns)};`;
}

export function tiledProductShader(spec: TiledProductSpec): ShaderModule {
  const { tileDepth, rows, quads, split } = spec;
  return shaderModule({
    bindings: split ? [...operandBindings(spec), PARTIAL] : productBindings(spec),
    params: {
      ...operandParams(spec),
      ...(split ? ({ batches: 'u32', split_depth: 'u32' } as const) : tailParams(spec)),
    },
    workgroupSize: [...tiledWorkgroup(spec), 1],
    declarations: wgsl`
${floatBlocks(spec)}
#if ${!split}
${finishFunction(spec, spec.outVector)}
#endif`,
    body: tiledBody({
      tile: spec,
      begin: begin(spec),
      a: aReader(spec),
      b: bReader(spec),
      sums: declareSums(rows, quads),
      step: tileDepth,
      index: 'k',
      multiply: multiply(spec),
      end: lines(quads, (q) => tail(spec, q)),
    }),
  });
}

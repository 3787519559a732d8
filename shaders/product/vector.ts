/**
 * Products of few rows and a matrix: a workgroup shares out the depth, and adds up its parts: as a tree in workgroup
 * memory, or, where the workgroup is one subgroup, within it.
 *
 * Layout: as in lib/product.ts.
 * Bindings: a read, b read, gate? read, bias? read f32, residual? read, y read_write.
 * Workgroup: slices · quads × 1 × 1: `slices` parts of the depth × `quads` column quads. Neighbours read neighbours of b:
 *   along the columns, or along the depth where b is transposed.
 * Dispatch: [⌈width / 4 / quads⌉, ⌈rows / spec.rows⌉, batches].
 * Spec: ProductSpec; rows per workgroup; slices, a power of two; quads; subgroup, when slices is the size of a subgroup
 *   and quads is 1.
 * Limits: workgroup storage rows · slices · quads · 16 bytes; with subgroup, none, but the feature subgroups.
 */
import { finishFunction } from '../lib/epilogue.ts';
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

/** How a workgroup shares out the work. */
export interface VectorTile {
  readonly rows: number;
  readonly slices: number;
  readonly quads: number;
  readonly subgroup: boolean;
}

export interface VectorProductSpec extends ProductSpec, VectorTile {}

/** Bytes of workgroup memory. */
export function vectorStorage({ rows, slices, quads, subgroup }: VectorTile): number {
  return subgroup ? 0 : rows * slices * quads * 16;
}

/** Row `r` of the workgroup, or the last. */
function rowAt(r: number): string {
  return `min(first_row + ${u32(r)}, params.rows - 1u)`;
}

/** Adds up the slices, so that `total<r>` is the sum of row r, where slice is 0. */
function total({ rows, slices, quads, subgroup }: VectorProductSpec): string {
  if (subgroup) return lines(rows, (r) => `  let total${r} = subgroupAdd(${sumName(r, 0)});`);
  const threads = slices * quads;
  const part = (r: number): string => `parts[${u32(r * threads)} + own]`;
  return `  let own = slice * ${u32(quads)} + quad;
${lines(rows, (r) => `  ${part(r)} = ${sumName(r, 0)};`)}
  for (var half = ${u32(threads / 2)}; half >= ${u32(quads)}; half /= 2u) {
    workgroupBarrier();
    if (own < half) {
${lines(rows, (r) => `      ${part(r)} += parts[${u32(r * threads)} + own + half];`)}
    }
  }
${lines(rows, (r) => `  let total${r} = ${part(r)};`)}`;
}

export function vectorProductShader(spec: VectorProductSpec): ShaderModule {
  const { rows, slices, quads, subgroup } = spec;
  const threads = slices * quads;
  const byColumn = isByColumn(spec);
  const finish = (r: number): string => {
    const y = `first_row + ${u32(r)}`;
    const sum = withBias(spec, `total${r}`, productBias(`(${y})`, 'channel'));
    return `    if (${y} < params.rows) { finish(${sum}, batch * params.rows + ${y}, channel, min(4u, params.width - column)); }`;
  };
  return shaderModule({
    bindings: productBindings(spec),
    params: { ...operandParams(spec), ...tailParams(spec) },
    workgroupSize: [threads, 1, 1],
    subgroups: subgroup,
    declarations: wgsl`
#if ${!subgroup}
var<workgroup> parts: array<vec4<f32>, ${u32(rows * threads)}>;
#endif
${finishFunction(spec, spec.outVector)}`,
    body: `
  let batch = wid.z;
  ${batchBases(spec)}
  let first_row = wid.y * ${u32(rows)};
  let slice = local_index ${byColumn ? '%' : '/'} ${u32(byColumn ? slices : quads)};
  let quad = local_index ${byColumn ? '/' : '%'} ${u32(byColumn ? slices : quads)};
  let column = (wid.x * ${u32(quads)} + quad) * 4u;
  let b_at0 = ${bStart(spec, 'min(column, (params.width - 1u) / 4u * 4u)')};
${lines(rows, (r) => `  let row${r} = ${rowAt(r)};\n  ${declareRow(spec, r, `row${r}`)}`)}
${declareSums(rows, 1)}
  for (var k = slice * 4u; k < params.depth; k += ${u32(slices * 4)}) {
    ${declareStep(spec)}
${loadB(spec, 0)}
${lines(rows, (r) => `    let x${r} = ${aQuad(spec, r)};\n    ${accumulate(spec, sumName(r, 0), `x${r}`, bNames(0))}`)}
  }
${total(spec)}
  if (slice == 0u && column < params.width) {
    let channel = params.first + column;
${lines(rows, finish)}
  }`,
  });
}

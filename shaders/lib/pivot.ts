/** Elimination in square matrices with row pivots: of each column the element of the largest size is brought up, NaN first. */
import { linearIndex } from './index.ts';
import { u32 } from './literal.ts';
import { shaderModule, wgsl, type ShaderModule } from './module.ts';

/** Invocations per workgroup. */
export const PIVOT_WORKGROUP = 64;

export interface EliminationSpec {
  /** A workgroup shares a matrix, instead of an invocation having it. */
  readonly group: boolean;
}

/** What others of the workgroup wrote is there behind it. */
const BARRIER = 'storageBarrier(); workgroupBarrier();';

/** The largest of all invocations, and of equal ones the first row. */
const AMONG_ALL = wgsl`
    sizes[lane] = most;
    rows[lane] = pivot;
    workgroupBarrier();
    for (var other = 0u; other < ${u32(PIVOT_WORKGROUP)}; other++) {
      if (sizes[other] > most || (sizes[other] == most && rows[other] < pivot)) {
        most = sizes[other];
        pivot = rows[other];
      }
    }`;

/** Declares `pivot`, the row from `c` on, of which each invocation looks at some from its `lane` on, or of a lone one at all. */
function pivotSearch(group: boolean): string {
  return wgsl`
    var most = 0u;
    var pivot = c;
    for (var r = c + lane; r < n; r += ${lanesOf(group)}) {
      let size = bitcast<u32>(work[base + r * n + c]) & 0x7fffffffu;
      if (size > most) { most = size; pivot = r; }
    }
    ${group ? AMONG_ALL : ''}`;
}

/** How many invocations have a matrix, as a literal. */
function lanesOf(group: boolean): string {
  return u32(group ? PIVOT_WORKGROUP : 1);
}

/** What an elimination does; in scope: n, base of the matrix in x and work, lane, and its matrix i. `lanes` is a literal. */
export interface Elimination {
  /** Fills work, and y where it is as large, before. */
  readonly begin: (lanes: string) => string;
  /** Exchanges the row `top` of column c, an element's index, with that of its `pivot`, which is another. */
  readonly exchange: (lanes: string) => string;
  /** Clears column c by the element on the diagonal, at `top + c`; `barrier` awaits what others wrote. */
  readonly clear: (lanes: string, barrier: string) => string;
  readonly end: (lanes: string) => string;
}

/** Layout: x [count, n, n]; work holds as much, and is overwritten. Bindings: x, work, y of f32. */
export function eliminationShader(
  { group }: EliminationSpec,
  { begin, exchange, clear, end }: Elimination,
): ShaderModule {
  const lanes = lanesOf(group);
  const barrier = group ? BARRIER : '';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'f32' },
      { name: 'work', access: 'read_write', element: 'f32' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: { count: 'u32', n: 'u32' },
    workgroupSize: [PIVOT_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${group}
var<workgroup> sizes: array<u32, ${u32(PIVOT_WORKGROUP)}>;
var<workgroup> rows: array<u32, ${u32(PIVOT_WORKGROUP)}>;
#endif`,
    body: wgsl`
#if ${group}
  let i = wid.y * groups.x + wid.x;
  let lane = local_index;
#else
  ${linearIndex(PIVOT_WORKGROUP)}
  let lane = 0u;
#endif
  if (i >= params.count) { return; }
  let n = params.n;
  let base = i * n * n;
  ${begin(lanes)}
  ${barrier}
  for (var c = 0u; c < n; c++) {
    let top = base + c * n;
    ${pivotSearch(group)}
    if (pivot != c) {
      let low = base + pivot * n;
      ${exchange(lanes)}
    }
    ${barrier}
    ${clear(lanes, barrier)}
    ${barrier}
  }
  ${end(lanes)}`,
  });
}

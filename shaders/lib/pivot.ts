/** Pivots of matrices in `work`, `n` rows from `base` on: of column `c` the element of the largest size, NaN first. */
import { u32 } from './literal.ts';
import { wgsl } from './module.ts';

/** Invocations per workgroup. */
export const PIVOT_WORKGROUP = 64;

/** What others of the workgroup wrote is there behind it. */
export const BARRIER = 'storageBarrier(); workgroupBarrier();';

/** What a workgroup that shares a matrix declares: 512 bytes. */
export function pivotMemory(group: boolean): string {
  return wgsl`
#if ${group}
var<workgroup> sizes: array<u32, ${u32(PIVOT_WORKGROUP)}>;
var<workgroup> rows: array<u32, ${u32(PIVOT_WORKGROUP)}>;
#endif`;
}

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
export function pivotSearch(group: boolean): string {
  return wgsl`
    var most = 0u;
    var pivot = c;
    for (var r = c + lane; r < n; r += ${u32(group ? PIVOT_WORKGROUP : 1)}) {
      let size = bitcast<u32>(work[base + r * n + c]) & 0x7fffffffu;
      if (size > most) { most = size; pivot = r; }
    }
    ${group ? AMONG_ALL : ''}`;
}

/** Every row of both registries, and every pass. Importing this file loads them, for tests that compile graphs without a session. */
import { loadRow, type RowTable } from '../../src/core/on-demand.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { KernelDefinition } from '../../src/kernels/definition.ts';
import { KERNELS as KERNEL_ROWS } from '../../src/kernels/registry.ts';
import type { OpDefinition, Reference } from '../../src/ops/definition.ts';
import { COMMON_OPS } from '../../src/ops/common.ts';
import { FURTHER_OPS } from '../../src/ops/further.ts';
import { OPS as OP_ROWS } from '../../src/ops/registry.ts';
import { BRANCHES, DATA_EXTENTS } from '../../src/passes/infer-shapes.ts';
import { PASSES } from '../../src/passes/pipeline.ts';
import { WIDE } from '../../src/plan/arrangement/storages.ts';

/** An operator's semantics with everything there. */
export type LoadedOp<K extends OpKind> = Omit<OpDefinition<K>, 'reference'> & { readonly reference: Reference<K> };

const EVERY = Object.keys({ ...COMMON_OPS, ...FURTHER_OPS }) as OpKind[];

async function loadTable<T extends object>(rows: RowTable<OpKind, T>): Promise<Record<string, T>> {
  const load = async (op: OpKind): Promise<[string, T]> => [op, await rows.load(op)];
  return Object.fromEntries(await Promise.all(EVERY.map(load)));
}

async function loadReference(definition: OpDefinition<OpKind>): Promise<LoadedOp<OpKind>> {
  return { ...definition, reference: await loadRow(definition.reference) };
}

const ops = Object.entries(await loadTable(OP_ROWS));
const kernels = await loadTable(KERNEL_ROWS);
const parts = Object.values(kernels).flatMap((definition) =>
  definition.kind === 'dispatch' ? (definition.parts ?? []) : [],
);
await Promise.all(parts.map((part) => part.load()));
await Promise.all(PASSES.map(({ run }) => loadRow(run)));

await Promise.all([BRANCHES, DATA_EXTENTS, WIDE].map((part) => part.load()));

/** The operators' semantics. */
export const OPS = Object.fromEntries(
  await Promise.all(ops.map(async ([op, definition]) => [op, await loadReference(definition)] as const)),
) as unknown as { readonly [K in OpKind]: LoadedOp<K> };

/** The operators' kernels. */
export const KERNELS = kernels as unknown as { readonly [K in OpKind]: KernelDefinition<K> };

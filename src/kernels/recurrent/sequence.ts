/** A recurrent network by one dispatch for its whole sequences. */
import { sequenceMemory, sequenceShader } from '../../../shaders/recurrent/sequence.ts';
import { bytesOf } from '../../core/storage.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { LowerContext } from '../definition.ts';
import { packedState, type RecurrentCall, type RecurrentOp, type RecurrentPlan } from './plan.ts';
import { wholeCalls } from './whole.ts';

/** How a workgroup shares out its invocations. */
export interface SequenceTile {
  readonly size: number;
  readonly slices: number;
  readonly rows: number;
}

/** Invocations of a workgroup whose lanes share sums: of four gates these are half of the memory that every device has. */
const SLICED_SIZE = 128;

/** Beyond this many lanes the first of a quad adds up longer than they saved. */
export const MOST_SLICES = 8;

/** Lanes of a workgroup whose quads have one each, where they are fewer. */
const LEAST_SIZE = 32;

/** Nothing where the units of one direction are too many for a workgroup, or where there is nothing to share. */
export function sequenceTile(
  plan: RecurrentPlan,
  sliced: boolean,
  { limits }: DeviceProfile,
): SequenceTile | undefined {
  const { quads, batch } = plan;
  const size = sliced ? SLICED_SIZE : Math.max(LEAST_SIZE, 2 ** Math.ceil(Math.log2(quads)));
  const slices = sliced ? Math.min(Math.floor(size / quads), quads, MOST_SLICES) : 1;
  if (quads === 0 || (sliced && slices < 2)) return undefined;
  const most = Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  const bytes = bytesOf('f32', 4 * sequenceMemory({ cell: plan.cell, sliced }, size));
  if (size > most || bytes > limits.maxComputeWorkgroupStorageSize) return undefined;
  return { size, slices, rows: Math.max(1, Math.min(batch, Math.floor(size / (quads * slices)))) };
}

/** Whole sequences by lanes of quads. */
export function sequenceCalls<K extends RecurrentOp>(
  context: LowerContext<K>,
  plan: RecurrentPlan,
  { size, slices, rows }: SequenceTile,
): RecurrentCall[] {
  const blocks = ceilDiv(plan.batch, rows);
  return wholeCalls(context, plan, {
    r: packedState(context, plan),
    blocks,
    slices,
    shader: (spec) => sequenceShader({ ...spec, ragged: plan.units % 4 !== 0, single: false, size }),
    params: { blocks, rows },
  });
}

/** A recurrent network by one dispatch for its whole sequences, with the weights r in the lanes: for software adapters. */
import { residentMemory, residentShader, type ResidentTile } from '../../../shaders/recurrent/resident.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { bytesOf } from '../../core/storage.ts';
import { ceilDiv, roundUp } from '../../util/arrays.ts';
import { value, type LowerContext } from '../definition.ts';
import { hasSubgroups } from '../product/subgroup-tiles.ts';
import type { RecurrentCall, RecurrentOp, RecurrentPlan } from './plan.ts';
import { wholeCalls } from './whole.ts';

/**
 * Terms of a sum that a lane adds up: the text has a statement for each, and takes lavapipe 0.3 s to compile with 64, 1 s with 128.
 * Two slices of 64 take 2.1 instead of 1.55 ms for 100 steps of 128 units.
 */
const MOST_DEPTH = 64;

/** Invocations of a slice come in multiples of it where subgroups do not say better: the vectors of AVX2. */
const VECTOR_LANES = 8;

/** Nothing where the units of one direction are too many for a workgroup, or the adapter no software. */
export function residentTile({ cell, units }: RecurrentPlan, device: DeviceProfile): ResidentTile | undefined {
  if (device.adapterClass !== 'software' || units === 0) return undefined;
  const { limits } = device;
  const subgroup = hasSubgroups(device) ? device.subgroupSize : undefined;
  const unit = subgroup ?? VECTOR_LANES;
  const slices = ceilDiv(units, MOST_DEPTH);
  const tile = { slices, lanes: roundUp(units, unit), depth: roundUp(ceilDiv(units, slices), unit), subgroup };
  const most = Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  const bytes = bytesOf('f32', residentMemory({ cell }, tile));
  const fits = slices * tile.lanes <= most && bytes <= limits.maxComputeWorkgroupStorageSize;
  return fits ? tile : undefined;
}

/** Whole sequences by lanes of units, a workgroup each. */
export function residentCalls<K extends RecurrentOp>(
  context: LowerContext<K>,
  plan: RecurrentPlan,
  tile: ResidentTile,
): RecurrentCall[] {
  return wholeCalls(context, plan, {
    r: { operand: value(context.node.inputs[2]), calls: [] },
    blocks: plan.batch,
    slices: tile.slices,
    shader: (spec) => residentShader({ ...spec, ragged: false, single: true, tile }),
    params: {},
  });
}

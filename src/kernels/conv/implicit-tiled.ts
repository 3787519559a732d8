/** Convolution through workgroup memory: the tiles there are, sums that are split, and what they cost. */
import { convImplicitTiledShader, type PatchSource } from '../../../shaders/conv/implicit-tiled.ts';
import { productSumShader, SUM_WORKGROUP } from '../../../shaders/product/sum.ts';
import { tiledStorage } from '../../../shaders/product/tiled.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { dispatch1d, type CallOperand } from '../definition.ts';
import { windowShape } from '../lib/window.ts';
import { runsTile, tiledTime, type TiledChoice } from '../product/tiled.ts';
import { LEAST_USE, outVectorOf, pixelsOf, readsVectors, usedPart, type ConvCall } from './implicit-plan.ts';
import { convOperands, type ConvPlan } from './shared.ts';

/** Products for each output: the length of the sums. */
function depthOf({ spec, groupIn }: ConvPlan): number {
  return spec.kernel[0] * spec.kernel[1] * groupIn;
}

/** Least depth of a part of a split sum. */
const LEAST_SPLIT_DEPTH = 64;

/** Workgroups in each dimension. */
function groupsOf(plan: ConvPlan, { tileRows, tileColumns, splits }: TiledChoice): readonly [number, number, number] {
  const parts = splits > 1 ? splits : plan.group;
  return [ceilDiv(plan.groupOut, tileColumns), ceilDiv(pixelsOf(plan), tileRows), parts];
}

function fits(plan: ConvPlan, choice: TiledChoice, device: DeviceProfile): boolean {
  const { tileRows, tileColumns, splits } = choice;
  // Below that small maps have no tile at all.
  const use = usedPart(pixelsOf(plan), tileRows) * usedPart(plan.groupOut, tileColumns);
  return (
    runsTile(choice, tiledStorage(choice), groupsOf(plan, choice), device) &&
    use >= LEAST_USE &&
    (splits === 1 || (plan.group === 1 && depthOf(plan) >= splits * LEAST_SPLIT_DEPTH))
  );
}

/** The dispatches of a convolution with a tile, where it applies: two where the sums are split. */
export function tiledConvCalls(
  device: DeviceProfile,
  choice: TiledChoice,
  plan: ConvPlan | undefined,
  source?: PatchSource,
): readonly ConvCall[] | undefined {
  if (!plan || !fits(plan, choice, device)) return undefined;
  const { splits, ...tile } = choice;
  const { params, groupIn, groupOut, epilogue, xType, wType, xParams } = plan;
  const depth = depthOf(plan);
  const split = splits > 1;
  const count = pixelsOf(plan);
  const partial: CallOperand = { kind: 'scratch', id: 'parts', elements: splits * count * roundUp(params.out_c, 4) };
  const operands = convOperands(plan);
  const call: ConvCall = {
    shader: convImplicitTiledShader(
      {
        ...tile,
        split,
        inVector: readsVectors(plan) ? 4 : 1,
        weightVector: groupOut % 4 === 0 ? 4 : 1,
        outVector: outVectorOf(plan),
        xType,
        wType,
        ...epilogue.spec,
      },
      source,
    ),
    operands: split ? [...operands.slice(0, 2), partial] : operands,
    params: {
      ...params,
      ...windowShape(plan),
      ...xParams,
      count,
      depth,
      group_in: groupIn,
      group_out: groupOut,
      ...(split ? { split_depth: roundUp(ceilDiv(depth, splits), tile.tileDepth) } : epilogue.params),
    },
    workgroups: groupsOf(plan, choice),
  };
  return split ? [call, sumCall(device, plan, partial, splits)] : [call];
}

/** Adds up the parts of a split sum. */
function sumCall(device: DeviceProfile, plan: ConvPlan, partial: CallOperand, splits: number): ConvCall {
  const { params, epilogue } = plan;
  const quads = ceilDiv(params.out_c, 4);
  const rows = pixelsOf(plan);
  const count = rows * quads;
  return {
    shader: productSumShader({ scaled: false, outVector: outVectorOf(plan), ...epilogue.spec }),
    operands: [partial, ...epilogue.operands],
    params: {
      count,
      splits,
      quads,
      rows,
      first: 0,
      width: params.out_c,
      ...(epilogue.spec.bias ? { bias_row: 0, bias_column: 1 } : {}),
      ...epilogue.params,
    },
    workgroups: dispatch1d(count, SUM_WORKGROUP, device),
  };
}

/** Estimated nanoseconds of a convolution on a GPU. */
export function tiledConvCost(plan: ConvPlan, choice: TiledChoice, device: DeviceProfile): number {
  const sums = pixelsOf(plan) * plan.params.out_c;
  return tiledTime({ groups: product(groupsOf(plan, choice)), depth: depthOf(plan), sums }, choice, device);
}

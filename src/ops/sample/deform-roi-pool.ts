/**
 * DeformRoiPool: means of samples, whose bins are moved by offsets that a network computes (Dai et al., arXiv:1703.06211), and may have
 * channels of their own (R-FCN, arXiv:1605.06409).
 */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';
import {
  boundByBoxes,
  boxCount,
  channelsOfGroups,
  mapOperand,
  requireBins,
  requireFinite,
  requireSamples,
  requireWhole,
} from '../lib/rois.ts';

/** Offsets of each part, of groups of the output's channels. */
function checkOffsets(inputs: Operands, count: number, channels: number): void {
  if (!inputs[2]) return;
  const offsets = operand(inputs, 2);
  requireFloat(offsets, 'offsets');
  const [boxes, down = 0, across = 0, fields = 0] = offsets.shape;
  if (offsets.shape.length !== 4 || boxes !== count || down * across === 0) {
    throw new ShapeError(
      `offsets must be [${count}, parts, parts, 2 · K], one of parts a box, not ${shapeText(offsets.shape)}`,
    );
  }
  if (fields < 2 || fields % 2 !== 0 || channels % (fields / 2) !== 0) {
    throw new ShapeError(`${fields} numbers a part: offsets are pairs, as many as ${channels} channels divide into`);
  }
}

/**
 * x `[N, H, W, C]`, rois `[R, 5]`, offsets? `[R, P, Q, 2 · K]` to `[R, outputHeight, outputWidth, C / (groupHeight · groupWidth)]`. Throws
 * ShapeError on other ranks and types, on a map without pixels, on sizes or ratios that are no counts, on channels that do not divide
 * into groups, and on offsets that do not fit.
 */
export const deformRoiPool: OpDefinition<'DeformRoiPool'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = mapOperand(inputs, 'DeformRoiPool');
    const count = boxCount(inputs, 1, 5);
    requireBins(attributes);
    const { outputHeight, outputWidth, groupHeight, groupWidth, samplingRatio, samples, gamma } = attributes;
    requireWhole(groupHeight, 1, 'groupHeight');
    requireWhole(groupWidth, 1, 'groupWidth');
    requireSamples(samplingRatio, samples === 'rounded' ? 1 : 0);
    requireFinite(gamma, 'gamma');
    const channels = channelsOfGroups(at(shape, 3), groupHeight, groupWidth);
    checkOffsets(inputs, count, channels);
    const pooled = [count, outputHeight, outputWidth, channels];
    elementCount(pooled);
    return [{ dtype, shape: pooled }];
  },
  bounded: boundByBoxes([1, 2]),
  reference: lazy(() => import('./deform-roi-pool-loop.ts'), 'deformRoiPoolReference'),
  work: ({ attributes: { samplingRatio } }, [x], [y]) => {
    const [, h = 1, w = 1] = x?.shape ?? [];
    // Samples of pixels that lie in a box are half a pixel apart at least.
    const samples = samplingRatio > 0 ? samplingRatio ** 2 : 4 * (h + 1) * (w + 1);
    return 4 * samples * (y ? elementCount(y.shape) : 1);
  },
};

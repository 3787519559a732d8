/**
 * Convolutions of 3×3 by Winograd's F(4×4, 3×3): `assembly/winograd.ts` says how. A quarter of the products, four times the weights;
 * of tiles that hold infinities or NaN, all results may be NaN, as on the GPU.
 */
import { at, ceilDiv, range, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { PANEL } from '../lib/panels.ts';
import { finishOf } from '../lib/activation.ts';
import type { TapWeights } from './known-weights.ts';
import { pointPanels, POINTS } from './winograd-weights.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** Rows of a tile of a product. */
const ROWS = 6;

/** Below these a sum over nine taps is as fast: channels on both sides, and tiles, which have to be worth fetching all weights. */
const LEAST_CHANNELS = 32;
const LEAST_TILES = 12;
/** Tiles of a block, at most, and bytes of the points of pixels that a call makes: both stay in the second cache. */
const BLOCK = 24;
const POINTS_BYTES = 2 ** 21;

/** Calls of a convolution that is faster so; nothing for others. */
export function winogradTileCalls(context: SimdContext<'Conv'>, weights: TapWeights): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const { strides, dilations, pads, group } = attributes;
  const [height = 1, width = 1, depth = 1, columns = 1] = weights.weights.shape;
  const isLine = weights.weights.shape.length !== 4 || height !== 3 || width !== 3;
  if (isLine || group !== 1 || depth % 4 !== 0 || [...strides, ...dilations].some((n) => n !== 1)) return undefined;
  const [x, y] = [context.inputs[0]?.shape ?? [], at(context.outputs, 0).shape];
  const tiles = at(y, 0) * ceilDiv(at(y, 1), 4) * ceilDiv(at(y, 2), 4);
  if (Math.min(depth, columns) < LEAST_CHANNELS || tiles < LEAST_TILES) return undefined;
  const most = Math.max(BLOCK, Math.floor(POINTS_BYTES / (POINTS * depth * FLOAT)));
  const chunk = Math.min(tiles, roundUp(ceilDiv(tiles, ceilDiv(tiles, most)), ROWS));
  const points = { kind: 'scratch', id: 'points', bytes: POINTS * chunk * depth * FLOAT } as const;
  const operands = [
    inputOperand(context, 0),
    points,
    pointPanels(weights, [depth, columns]),
    inputOperand(context, 3),
    outputOperand(context),
  ];
  const { kind, ...finish } = finishOf(attributes.activation);
  return range(ceilDiv(tiles, chunk)).flatMap((k): SimdCall[] => {
    const count = Math.min(chunk, tiles - k * chunk);
    const block = Math.min(BLOCK, roundUp(ceilDiv(count, ceilDiv(count, BLOCK)), ROWS));
    const words = [
      at(x, 1),
      at(x, 2),
      depth,
      at(pads, 0),
      at(pads, 1),
      at(y, 1),
      at(y, 2),
      columns,
      k * chunk,
      count,
      block,
    ];
    const call = { operands, ints: [...words, kind], ...finish };
    return [
      { ...call, kernel: 'winograd/pixels', units: count, scratch: POINTS * (PANEL / 2 + depth) * FLOAT },
      {
        ...call,
        kernel: 'winograd/results',
        units: ceilDiv(count, block) * ceilDiv(columns, PANEL),
        scratch: (256 + POINTS * block * PANEL + 4) * FLOAT,
      },
    ];
  });
}

/** What of a pyramid's maps lies in boxes, each pooled from the map of its size. */
import { InputError } from '../src/core/errors.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import type { OpAttributes } from '../src/ir/ops.ts';
import { BoxNodes } from '../src/heads/box-nodes.ts';
import type { Proposals } from './detection.ts';

/** One map of a pyramid, `[1, h, w, C]`, and the pixels of the picture that its cells are apart. */
export interface PyramidLevel {
  readonly map: string;
  readonly stride: number;
}

/**
 * `[K, side, side, C]`: each box's part of the map that its size belongs to (arXiv:1612.03144, eq. 1: boxes of 224 pixels to
 * strides of 16, half as large to half of that). Levels come finest first, each of twice the stride. Throws InputError otherwise.
 */
export function addPyramidRoiAlign(
  b: GraphBuilder,
  levels: readonly PyramidLevel[],
  { boxes, pictures }: Pick<Proposals, 'boxes' | 'pictures'>,
  side: number,
  samplingRatio = 2,
): string {
  if (levels.length === 0 || levels.some(({ stride }, k) => k > 0 && stride !== 2 * (levels[k - 1]?.stride ?? 0))) {
    throw new InputError('levels of a pyramid come finest first, each of twice the stride');
  }
  const nodes = new BoxNodes(b);
  const [first, last] = [nodes.columns(boxes, 0, 2), nodes.columns(boxes, 2, 4)];
  const area = b.one('Reduce', [nodes.binary('sub', last, first)], { kind: 'prod', axes: [1], keepDims: true });
  const areas = nodes.unsqueezed(area, [2, 3]);
  const aligned = levels.map(({ map, stride }) =>
    b.one('RoiAlign', [map, boxes, pictures], align(side, samplingRatio, stride)),
  );
  return aligned.reduce((finer, own, k) => {
    // Sizes this close below a bound count as there: torchvision adds a millionth to the logarithm.
    const least = 224 * (((levels[k]?.stride ?? 0) / 16) * 2 ** -1e-6);
    return b.one('Where', [nodes.binary('greaterOrEqual', areas, nodes.scalar(least * least)), own, finer], {});
  });
}

function align(side: number, samplingRatio: number, stride: number): OpAttributes['RoiAlign'] {
  return {
    mode: 'avg',
    outputHeight: side,
    outputWidth: side,
    samplingRatio,
    spatialScale: 1 / stride,
    coordinateMode: 'output_half_pixel',
  };
}

/** Layers that look at a region of a map, and samples of one at places that are computed. */
import { channelsFirst, toLast } from '../../lib/channels-first.ts';
import { countedUp, extentNode, realOf } from '../../lib/layer-nodes.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** The map channels-last, and the region of each image, `[N, 5]`: ncnn has one region for a map. */
function regionOf(c: NcnnContext): readonly [map: string, rois: string] {
  const [map, region] = [c.input(0), c.input(1)];
  if (c.dims(map) !== 3) c.refuse(`a blob of ${c.dims(map)} dimensions`);
  const images = c.one('Unsqueeze', [realOf(c, countedUp(c, extentNode(c, map, 0)))], { axes: [1] });
  const rois = c.one('Concat', [images, c.reshape(region, [-1, 4])], { axis: 1 });
  return [c.one('Transpose', [map], { perm: toLast(4) }), rois];
}

/** Bins across and down, and the scale from boxes to the map. */
function bins(c: NcnnContext, [across, down, scale]: readonly [number, number, number]) {
  return {
    outputWidth: c.intFrom(1, 0, across),
    outputHeight: c.intFrom(1, 1, down),
    spatialScale: c.float(2, scale),
  };
}

/** The greatest number of each bin. */
function roiPooling(c: NcnnContext): string {
  const [map, rois] = regionOf(c);
  return channelsFirst(c, c.main('MaxRoiPool', [map, rois], bins(c, [0, 0, 1])), 4);
}

/** The mean of each bin in channels of its own. */
function psRoiPooling(c: NcnnContext): string {
  const [map, rois] = regionOf(c);
  const own = bins(c, [7, 7, 0.0625]);
  const channels = c.intFrom(1, 3, 0) * own.outputWidth * own.outputHeight;
  const known = c.extents(map).at(-1) ?? channels;
  if (known !== channels) c.fail(`takes ${channels} channels, but the map has ${known}`);
  return channelsFirst(c, c.main('PsRoiPool', [map, rois], { ...own, ends: 'unscaled' }), 4);
}

/** The mean of samples of each bin: as Detectron 2 has them, which newer files ask for. */
function roiAlign(c: NcnnContext): string {
  const samplingRatio = c.intFrom(0, 3, 0);
  const isAligned = c.flag(4);
  if (c.int(5, 0) !== 1) c.refuse("samples as ncnn's own ROIAlign has them (version 0)");
  const [map, region] = [c.input(0), c.input(1)];
  if (c.dims(map) !== 3) c.refuse(`a blob of ${c.dims(map)} dimensions`);
  const images = countedUp(c, extentNode(c, map, 0));
  const attributes = {
    ...bins(c, [0, 0, 1]),
    mode: 'avg',
    samplingRatio,
    coordinateMode: isAligned ? 'half_pixel' : 'output_half_pixel',
  } as const;
  const last = c.one('Transpose', [map], { perm: toLast(4) });
  return channelsFirst(c, c.main('RoiAlign', [last, c.reshape(region, [-1, 4]), images], attributes), 4);
}

/** ncnn rounds halves up where it takes the nearest pixel, which no operator does. */
const MODES = ['linear', undefined, 'cubic'] as const;
const PADDINGS = ['zeros', 'border', 'reflection'] as const;

/** A map, or a volume, at the places of a grid, whose last dimension is x, y (, z), or its first where the layer says so. */
function gridSample(c: NcnnContext): string {
  const mode = MODES[c.int(0, 1) - 1] ?? c.refuse(`sample type ${c.int(0, 1)}`);
  const padding = PADDINGS[c.int(1, 1) - 1] ?? c.refuse(`padding mode ${c.int(1, 1)}`);
  const [alignCorners, isFirst] = [c.flag(2), c.flag(3)];
  const [x, grid] = [c.input(0), c.input(1)];
  const dims = c.dims(x);
  if (dims < 3 || c.dims(grid) !== dims) c.refuse(`blobs of ${dims} and ${c.dims(grid)} dimensions`);
  if (mode === 'cubic' && dims > 3) c.refuse('cubic samples of a volume');
  const places = isFirst ? c.one('Transpose', [grid], { perm: toLast(dims + 1) }) : grid;
  return c.aroundLast(x, (last) => c.main('GridSample', [last, places], { mode, padding, alignCorners }));
}

/** Regions and places. */
export const ROIS = {
  ROIPooling: roiPooling,
  PSROIPooling: psRoiPooling,
  ROIAlign: roiAlign,
  GridSample: gridSample,
} satisfies Record<string, NcnnTranslation>;

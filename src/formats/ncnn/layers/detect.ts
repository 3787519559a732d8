/** What detectors end in: prior boxes, and boxes that are kept. */
import { detectionOutputNodes } from '../../lib/detection-output.ts';
import { priorBoxNodes } from '../../lib/prior-box.ts';
import { proposalNodes } from '../../lib/proposal.ts';
import { yoloOutputNodes, type YoloLayer, type YoloMap } from '../../lib/yolo-output.ts';
import { WHOLE, type NcnnContext, type NcnnTranslation } from '../context.ts';

type Size = readonly [width: number, height: number];

/** Widths and heights of the boxes of a cell, in the order in which the layer makes them. */
function priorSizes(c: NcnnContext): Size[] {
  const [least, most, ratios] = [0, 1, 2].map((id) => c.floatList(id)) as [number[], number[], number[]];
  const flip = c.flag(7, true);
  if (least.length === 0 || (most.length > 0 && most.length !== least.length)) {
    c.fail(`has ${least.length} least sizes and ${most.length} greatest`);
  }
  if ([...least, ...most, ...ratios].some((v) => !(v > 0))) c.fail('has sizes or aspect ratios that are not positive');
  return least.flatMap((size, i) => [
    [size, size] as const,
    ...most.slice(i, i + 1).map((greatest): Size => [Math.sqrt(size * greatest), Math.sqrt(size * greatest)]),
    ...ratios.flatMap((ratio): Size[] => {
      const [w, h] = [size * Math.sqrt(ratio), size / Math.sqrt(ratio)];
      return flip
        ? [
            [w, h],
            [h, w],
          ]
        : [[w, h]];
    }),
  ]);
}

/** Height and width of which both are given or neither: undefined then. */
function bothOf(c: NcnnContext, [w, h]: Size, what: string): Size | undefined {
  if (w === WHOLE && h === WHOLE) return undefined;
  return w > 0 && h > 0 ? [h, w] : c.refuse(`a ${what} of ${w} and ${h}`);
}

/** Priors of SSD: the first blob is the map, the second the picture. */
function priorBox(c: NcnnContext): string {
  const picture = bothOf(c, [c.int(9, WHOLE), c.int(10, WHOLE)], 'picture');
  if (c.inputCount === 1 && !picture) c.refuse('priors in cells, as MXNet has them');
  const layer = {
    sizes: priorSizes(c),
    clip: c.flag(8),
    offset: c.float(13, 0),
    step: bothOf(c, [c.float(11, WHOLE), c.float(12, WHOLE)], 'step'),
    picture,
    variances: [c.float(3, 0.1), c.float(4, 0.1), c.float(5, 0.2), c.float(6, 0.2)],
  };
  return priorBoxNodes(c, c.input(), picture ? undefined : c.input(1), layer);
}

/** Detections of SSD, rows label, score and corners. */
function detectionOutput(c: NcnnContext): string {
  const classes = c.int(0, 0);
  if (classes === WHOLE) c.refuse('detections as MXNet has them');
  // Variances that only MXNet's detections read.
  c.ignore(5, 6, 7, 8);
  const [locations, scores, priors] = [c.input(0), c.input(1), c.input(2)];
  return detectionOutputNodes(
    c,
    { locations, scores, priors },
    {
      classes,
      background: 0,
      shareLocation: true,
      coding: 'centerSize',
      varianceInTarget: false,
      clip: false,
      overlap: c.float(1, 0.05),
      topK: c.intFrom(1, 2, 300),
      keepTopK: c.intFrom(1, 3, 100),
      confidence: c.float(4, 0.5),
      form: 'apart',
    },
  );
}

/** What both layers of YOLO have in the same parameters. */
function yoloLayer(c: NcnnContext, classesBy: YoloLayer['classesBy']): YoloLayer {
  return { classes: c.intFrom(1, 0, 20), classesBy, confidence: c.float(2, 0.01), overlap: c.float(3, 0.45) };
}

/** Sizes in pairs of a list of numbers. */
function biases(c: NcnnContext): Size[] {
  const all = c.floatList(4);
  return Array.from({ length: all.length / 2 }, (_, i): Size => [all[2 * i] ?? 0, all[2 * i + 1] ?? 0]);
}

/** YOLO v2: the same sizes in every map, in cells. */
function yoloDetectionOutput(c: NcnnContext): string {
  const count = c.intFrom(1, 1, 5);
  const sizes = biases(c).slice(0, count);
  if (sizes.length < count) c.fail(`has ${sizes.length} sizes for ${count} boxes`);
  return yoloOutputNodes(
    c,
    c.inputs().map((map) => ({ map, sizes })),
    yoloLayer(c, 'softmax'),
  );
}

/** YOLO v3: of all sizes, in pixels, each map has some. */
function yolov3DetectionOutput(c: NcnnContext): string {
  const count = c.intFrom(1, 1, 5);
  const [sizes, mask, scales] = [biases(c), c.floatList(5).map(indexOf), c.floatList(6)];
  const maps = c.inputs().map((map, i): YoloMap => {
    const own = mask.slice(i * count, (i + 1) * count).map((index) => sizes[index] ?? c.fail(`has no size ${index}`));
    if (own.length < count) c.fail(`has ${own.length} sizes for the ${count} boxes of map ${i}`);
    return { map, sizes: own, scale: scales[i] ?? c.fail(`has no scale of map ${i}`) };
  });
  return yoloOutputNodes(c, maps, yoloLayer(c, 'sigmoid'));
}

/** An index that the layer reads as a real number: files write the bits of one, which are large as an integer. */
function indexOf(value: number): number {
  const words = new Int32Array(1);
  words[0] = value;
  return value < 2 ** 23 ? value : (new Float32Array(words.buffer)[0] ?? 0);
}

/** Anchors about the middle of the first cell, in pixels: of each ratio whole sides, which the scales enlarge. */
function proposalAnchors(base: number): number[][] {
  return [0.5, 1, 2].flatMap((ratio) => {
    const width = Math.round(base / Math.sqrt(ratio));
    const height = Math.round(width * ratio);
    return [8, 16, 32].map((scale) => {
      const [w, h] = [(width * scale) / 2, (height * scale) / 2];
      return [base / 2 - w, base / 2 - h, base / 2 + w, base / 2 + h];
    });
  });
}

/** Regions that are worth a look, `[1, K, 1, 4]`, and their scores: of one image, since their number depends on it. */
function proposal(c: NcnnContext): string[] {
  const [scores, deltas, info] = [c.input(0), c.input(1), c.input(2)];
  // Refused once the batch is known to be another.
  const alone = c.one('Unsqueeze', [c.one('Squeeze', [info], { axes: [0] })], { axes: [0] });
  const { rois, scores: kept } = proposalNodes(
    c,
    { scores, deltas, info: alone },
    {
      anchors: proposalAnchors(c.intFrom(1, 1, 16)),
      stride: c.intFrom(1, 0, 16),
      extent: 0,
      before: Math.max(0, c.int(2, 6000)),
      after: c.intFrom(1, 3, 300),
      overlap: c.float(4, 0.7),
      minSize: c.int(5, 16),
    },
  );
  const corners = c.one('Gather', [rois, c.ints([1, 2, 3, 4])], { axis: 1 });
  const blobs = [c.one('Unsqueeze', [corners], { axes: [0, 2] }), c.one('Unsqueeze', [kept], { axes: [0, 2, 3] })];
  return blobs.slice(0, c.outputCount);
}

/** Ends of detectors. */
export const DETECT = {
  PriorBox: priorBox,
  Proposal: proposal,
  DetectionOutput: detectionOutput,
  YoloDetectionOutput: yoloDetectionOutput,
  Yolov3DetectionOutput: yolov3DetectionOutput,
} satisfies Record<string, NcnnTranslation>;

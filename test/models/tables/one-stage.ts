/** Parameters of detectors of one stage, from their authors' files: Darknet's cfg, Ultralytics' yaml and modules, FaceBoxes' and TensorFlow's. */
import { biased, conv, norm, times, type Row } from './rows.ts';

/** Darknet's cfg in short: `channels×kernel` of normalised convolutions, `head` of others, `-` for layers without weights. */
const DARKNET = {
  // cfg/yolov2-tiny.cfg
  v2: '16x3 - 32x3 - 64x3 - 128x3 - 256x3 - 512x3 - 1024x3 512x3 head425',
  // cfg/yolov2-tiny-voc.cfg
  voc: '16x3 - 32x3 - 64x3 - 128x3 - 256x3 - 512x3 - 1024x3 1024x3 head125',
  // cfg/yolov3-tiny.cfg: `<` is a route to four layers before, `+` one to the last and the eighth.
  v3: '16x3 - 32x3 - 64x3 - 128x3 - 256x3 - 512x3 - 1024x3 256x1 512x3 head255 - < 128x1 - + 256x3 head255',
} as const;

/** Layers in their order, whose number is their name. */
export function darknetRows(network: keyof typeof DARKNET): Row[] {
  const out: number[] = [];
  return DARKNET[network].split(' ').flatMap((layer, i) => {
    const from = out[i - 1] ?? 3;
    const [channels = 0, kernel = 1] = (layer.match(/\d+/g) ?? []).map(Number);
    if (layer === '-') out.push(from);
    else if (layer === '<') out.push(out[i - 4] ?? 0);
    else if (layer === '+') out.push(from + (out[8] ?? 0));
    else out.push(channels);
    if (channels === 0) return [];
    if (layer.startsWith('head')) return biased(`conv.${i}`, channels, from);
    return [...conv(`conv.${i}`, channels, from, kernel), ...norm(`norm.${i}`, channels)];
  });
}

/** Ultralytics' `Conv` */
const ultraConv = (name: string, from: number, out: number, kernel = 1): Row[] => [
  ...conv(`${name}.conv`, out, from, kernel),
  ...norm(`${name}.bn`, out),
];

/** `C2f` of `n` `Bottleneck`s */
const c2f = (name: string, from: number, out: number, n: number): Row[] => [
  ...ultraConv(`${name}.cv1`, from, out),
  ...ultraConv(`${name}.cv2`, ((2 + n) * out) / 2, out),
  ...times(n, (i) => [
    ...ultraConv(`${name}.m.${i}.cv1`, out / 2, out / 2, 3),
    ...ultraConv(`${name}.m.${i}.cv2`, out / 2, out / 2, 3),
  ]),
];

/** yolov8.yaml at depth 0.33 and width 0.25; `Detect` of 80 classes without its fixed bins `dfl`. */
export const yoloV8nRows = (): Row[] => [
  ...ultraConv('model.0', 3, 16, 3),
  ...ultraConv('model.1', 16, 32, 3),
  ...c2f('model.2', 32, 32, 1),
  ...ultraConv('model.3', 32, 64, 3),
  ...c2f('model.4', 64, 64, 2),
  ...ultraConv('model.5', 64, 128, 3),
  ...c2f('model.6', 128, 128, 2),
  ...ultraConv('model.7', 128, 256, 3),
  ...c2f('model.8', 256, 256, 1),
  ...ultraConv('model.9.cv1', 256, 128),
  ...ultraConv('model.9.cv2', 4 * 128, 256),
  ...c2f('model.12', 256 + 128, 128, 1),
  ...c2f('model.15', 128 + 64, 64, 1),
  ...ultraConv('model.16', 64, 64, 3),
  ...c2f('model.18', 64 + 128, 128, 1),
  ...ultraConv('model.19', 128, 128, 3),
  ...c2f('model.21', 128 + 256, 256, 1),
  ...[64, 128, 256].flatMap((from, i) => [
    ...detectBranch(`model.22.cv2.${i}`, from, 64, 4 * 16),
    ...detectBranch(`model.22.cv3.${i}`, from, 80, 80),
  ]),
];

const detectBranch = (name: string, from: number, hidden: number, out: number): Row[] => [
  ...ultraConv(`${name}.0`, from, hidden, 3),
  ...ultraConv(`${name}.1`, hidden, hidden, 3),
  ...biased(`${name}.2`, out, hidden),
];

/** models/faceboxes.py of zisianw/FaceBoxes.PyTorch. */
export const faceBoxesRows = (): Row[] => [
  ...ultraConv('conv1', 3, 24, 7),
  ...ultraConv('conv2', 48, 64, 5),
  ...times(3, (i) => [
    ...ultraConv(`inception${i + 1}.branch1x1`, 128, 32),
    ...ultraConv(`inception${i + 1}.branch1x1_2`, 128, 32),
    ...ultraConv(`inception${i + 1}.branch3x3_reduce`, 128, 24),
    ...ultraConv(`inception${i + 1}.branch3x3`, 24, 32, 3),
    ...ultraConv(`inception${i + 1}.branch3x3_reduce_2`, 128, 24),
    ...ultraConv(`inception${i + 1}.branch3x3_2`, 24, 32, 3),
    ...ultraConv(`inception${i + 1}.branch3x3_3`, 32, 32, 3),
  ]),
  ...ultraConv('conv3_1', 128, 128),
  ...ultraConv('conv3_2', 128, 256, 3),
  ...ultraConv('conv4_1', 256, 128),
  ...ultraConv('conv4_2', 128, 256, 3),
  ...['loc', 'conf'].flatMap((kind) =>
    [21, 1, 1].flatMap((anchors, i) =>
      biased(`${kind}.${i}`, anchors * (kind === 'loc' ? 4 : 2), i === 0 ? 128 : 256, 3),
    ),
  ),
];

/** slim's `conv2d` or `separable_conv2d` with a batch normalisation; parts are called as in PyTorch. */
const slim = (name: string, out: number, from: number, kernel = 1): Row[] => [
  ...conv(name, out, from, kernel),
  ...norm(`${name}/BatchNorm`, out),
];

const SSD_CLASSES = 91;

/** ssd_mobilenet_v1_coco: mobilenet_v1.py, and feature_map_generators.py, which goes on from the last pointwise layer's name. */
export function ssdMobilenetV1Rows(): Row[] {
  const scope = 'FeatureExtractor/MobilenetV1';
  const widths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  const body = times(13, (i) => {
    const [from = 0, out = 0] = widths.slice(i, i + 2);
    const name = `${scope}/Conv2d_${i + 1}`;
    return [...slim(`${name}_depthwise`, from, 1, 3), ...slim(`${name}_pointwise`, out, from)];
  });
  const smaller = extraLayers(`${scope}/Conv2d_13_pointwise`, 1024, (name, out, from) => slim(name, out, from, 3));
  const heads = headRows([512, 1024, 512, 256, 256, 128], () => []);
  return [...slim(`${scope}/Conv2d_0`, 32, 3, 3), ...body, ...smaller, ...heads];
}

/** ssdlite_mobilenet_v2_coco: mobilenet_v2.py, whose separable layers have names of their own. */
export function ssdliteMobilenetV2Rows(): Row[] {
  const scope = 'FeatureExtractor/MobilenetV2';
  const widths = [32, 16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320];
  const body = times(17, (i) => {
    const [from = 0, out = 0] = widths.slice(i, i + 2);
    const [name, hidden] = [`${scope}/expanded_conv${i === 0 ? '' : `_${i}`}`, i === 0 ? from : 6 * from];
    return [
      ...(i === 0 ? [] : slim(`${name}/expand`, hidden, from)),
      ...slim(`${name}/depthwise`, hidden, 1, 3),
      ...slim(`${name}/project`, out, hidden),
    ];
  });
  const separable = (name: string, out: number, from: number): Row[] => [
    ...slim(`${name}_depthwise`, from, 1, 3),
    ...slim(name, out, from),
  ];
  const smaller = extraLayers(`${scope}/layer_19`, 1280, separable);
  const heads = headRows([576, 1280, 512, 256, 256, 128], (name, from) => slim(`${name}_depthwise`, from, 1, 3));
  return [...slim(`${scope}/Conv`, 32, 3, 3), ...body, ...slim(`${scope}/Conv_1`, 1280, 320), ...smaller, ...heads];
}

function extraLayers(scope: string, first: number, halved: (name: string, out: number, from: number) => Row[]): Row[] {
  const widths = [512, 256, 256, 128];
  return times(4, (i) => {
    const [out = 0, from = first] = [widths[i], i === 0 ? first : widths[i - 1]];
    return [
      ...slim(`${scope}_1_Conv2d_${i + 2}_1x1_${out / 2}`, out / 2, from),
      ...halved(`${scope}_2_Conv2d_${i + 2}_3x3_s2_${out}`, out, out / 2),
    ];
  });
}

/** `BoxPredictor_N`, of three boxes on the first map and six on the others. */
const headRows = (channels: readonly number[], before: (name: string, from: number) => Row[]): Row[] =>
  channels.flatMap((from, i) =>
    Object.entries({ BoxEncodingPredictor: 4, ClassPredictor: SSD_CLASSES }).flatMap(([kind, columns]) => {
      const name = `BoxPredictor_${i}/${kind}`;
      return [...before(name, from), ...biased(name, (i === 0 ? 3 : 6) * columns, from)];
    }),
  );

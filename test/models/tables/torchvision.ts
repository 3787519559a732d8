/** Parameters of torchvision's modules, from its classes: resnet.py, feature_pyramid_network.py, and models/detection. */
import { biased, conv, linear, norm, times, type Row } from './rows.ts';

const BLOCKS = { 18: [2, 2, 2, 2], 50: [3, 4, 6, 3] } as const;
const PLANES = [64, 128, 256, 512] as const;

/** Channels of a ResNet's maps, from a quarter of the picture to a 32nd. */
export const channelsOf = (depth: 18 | 50): number[] => PLANES.map((planes) => (depth === 50 ? 4 : 1) * planes);

/** `ResNet` without its classifier. */
export function resnetBody(prefix: string, depth: 18 | 50): Row[] {
  const out = channelsOf(depth);
  const stages = PLANES.map((planes, stage) => {
    const [own = 0, before = 64] = [out[stage], stage === 0 ? 64 : out[stage - 1]];
    return times(BLOCKS[depth][stage] ?? 0, (i) => {
      const name = `${prefix}layer${stage + 1}.${i}`;
      const from = i === 0 ? before : own;
      const narrowed = [...conv(`${name}.downsample.0`, own, from), ...norm(`${name}.downsample.1`, own)];
      return [
        ...(depth === 50 ? bottleneck(name, from, planes) : basicBlock(name, from, planes)),
        ...(from === own ? [] : narrowed),
      ];
    });
  });
  return [...conv(`${prefix}conv1`, 64, 3, 7), ...norm(`${prefix}bn1`, 64), ...stages.flat()];
}

/** `BasicBlock` */
const basicBlock = (name: string, from: number, planes: number): Row[] => [
  ...conv(`${name}.conv1`, planes, from, 3),
  ...norm(`${name}.bn1`, planes),
  ...conv(`${name}.conv2`, planes, planes, 3),
  ...norm(`${name}.bn2`, planes),
];

/** `Bottleneck` */
const bottleneck = (name: string, from: number, planes: number): Row[] => [
  ...conv(`${name}.conv1`, planes, from),
  ...norm(`${name}.bn1`, planes),
  ...conv(`${name}.conv2`, planes, planes, 3),
  ...norm(`${name}.bn2`, planes),
  ...conv(`${name}.conv3`, 4 * planes, planes),
  ...norm(`${name}.bn3`, 4 * planes),
];

/** `FeaturePyramidNetwork` of 256 channels, whose convolutions stand in a `Conv2dNormActivation` each. */
const featurePyramid = (name: string, channels: readonly number[]): Row[] =>
  times(channels.length, (i) => [
    ...biased(`${name}.inner_blocks.${i}.0`, 256, channels[i] ?? 0),
    ...biased(`${name}.layer_blocks.${i}.0`, 256, 256, 3),
  ]);

/** `RetinaNet`, whose `LastLevelP6P7` goes on from the pyramid. */
export const retinanetRows = (depth: 18 | 50, classes = 91): Row[] => [
  ...resnetBody('backbone.body.', depth),
  ...featurePyramid('backbone.fpn', channelsOf(depth).slice(1)),
  ...['p6', 'p7'].flatMap((level) => biased(`backbone.fpn.extra_blocks.${level}`, 256, 256, 3)),
  ...['classification_head', 'regression_head'].flatMap((head) =>
    times(4, (i) => biased(`head.${head}.conv.${i}.0`, 256, 256, 3)),
  ),
  ...biased('head.classification_head.cls_logits', 9 * classes, 256, 3),
  ...biased('head.regression_head.bbox_reg', 9 * 4, 256, 3),
];

/** `RPNHead` */
export const proposalRows = (channels: number, anchors: number): Row[] => [
  ...biased('rpn.head.conv.0.0', channels, channels, 3),
  ...biased('rpn.head.cls_logits', anchors, channels),
  ...biased('rpn.head.bbox_pred', 4 * anchors, channels),
];

/** `FastRCNN…`: body, pyramid, `TwoMLPHead` and `FastRCNNPredictor`. */
export const fastRcnnRows = (depth: 18 | 50, classes = 91): Row[] => [
  ...resnetBody('backbone.body.', depth),
  ...featurePyramid('backbone.fpn', channelsOf(depth)),
  ...linear('roi_heads.box_head.fc6', 1024, 256 * 7 * 7),
  ...linear('roi_heads.box_head.fc7', 1024, 1024),
  ...linear('roi_heads.box_predictor.cls_score', classes, 1024),
  ...linear('roi_heads.box_predictor.bbox_pred', 4 * classes, 1024),
];

/** `FasterRCNN` */
export const fasterRcnnRows = (depth: 18 | 50, classes = 91): Row[] => [
  ...fastRcnnRows(depth, classes),
  ...proposalRows(256, 3),
];

/** `MaskRCNN`, whose `MaskRCNNHeads` has a `Conv2dNormActivation` each; a transposed convolution is `[in, out, k, k]`. */
export const maskRcnnRows = (depth: 18 | 50, classes = 91): Row[] => [
  ...fasterRcnnRows(depth, classes),
  ...times(4, (i) => biased(`roi_heads.mask_head.${i}.0`, 256, 256, 3)),
  ...biased('roi_heads.mask_predictor.conv5_mask', 256, 256, 2),
  ...biased('roi_heads.mask_predictor.mask_fcn_logits', classes, 256),
];

/** `MobileNetV2` at width 1, without its classifier and its last convolution. */
export function mobilenetV2Rows(prefix: string): Row[] {
  const settings = [
    [1, 16, 1],
    [6, 24, 2],
    [6, 32, 3],
    [6, 64, 4],
    [6, 96, 3],
    [6, 160, 3],
    [6, 320, 1],
  ] as const;
  let [from, block] = [32, 0];
  const rows = settings.flatMap(([expansion, out, repeats]) =>
    times(repeats, () => {
      const own = invertedResidual(`${prefix}.${++block}.conv`, from, out, expansion);
      from = out;
      return own;
    }),
  );
  return [...conv(`${prefix}.0.0`, 32, 3, 3), ...norm(`${prefix}.0.1`, 32), ...rows];
}

/** `InvertedResidual`: two or three convolutions, of which the last does not stand in a sequence. */
function invertedResidual(name: string, from: number, out: number, expansion: number): Row[] {
  const hidden = from * expansion;
  const expand = [...conv(`${name}.0.0`, hidden, from), ...norm(`${name}.0.1`, hidden)];
  const at = expansion === 1 ? 0 : 1;
  return [
    ...(expansion === 1 ? [] : expand),
    ...conv(`${name}.${at}.0`, hidden, 1, 3),
    ...norm(`${name}.${at}.1`, hidden),
    ...conv(`${name}.${at + 1}`, out, hidden),
    ...norm(`${name}.${at + 2}`, out),
  ];
}

/** `ASPP`, of a 1×1 convolution, three dilated ones, and a mean, and what joins the five. */
export const pyramidRows = (name: string, from: number): Row[] => [
  ...times(4, (i) => [
    ...conv(`${name}.convs.${i}.0`, 256, from, i === 0 ? 1 : 3),
    ...norm(`${name}.convs.${i}.1`, 256),
  ]),
  ...conv(`${name}.convs.4.1`, 256, from),
  ...norm(`${name}.convs.4.2`, 256),
  ...conv(`${name}.project.0`, 256, 5 * 256),
  ...norm(`${name}.project.1`, 256),
];

/** Parameters of segmenters, from their authors' files. */
import { biased, conv, norm, type Row } from './rows.ts';
import { mobilenetV2Rows, pyramidRows } from './torchvision.ts';

/** `DoubleConv` of milesial/Pytorch-UNet. */
const doubleConv = (name: string, from: number, out: number, middle = out): Row[] => [
  ...conv(`${name}.double_conv.0`, middle, from, 3),
  ...norm(`${name}.double_conv.1`, middle),
  ...conv(`${name}.double_conv.3`, out, middle, 3),
  ...norm(`${name}.double_conv.4`, out),
];

/** unet_model.py of milesial/Pytorch-UNet, of two classes. */
export function unetRows(bilinear: boolean): Row[] {
  const factor = bilinear ? 2 : 1;
  const down = [128, 256, 512, 1024 / factor].flatMap((out, i) =>
    doubleConv(`down${i + 1}.maxpool_conv.1`, 64 * 2 ** i, out),
  );
  const up = [1024, 512, 256, 128].flatMap((from, i) => {
    const name = `up${i + 1}`;
    if (bilinear) return doubleConv(`${name}.conv`, from, i === 3 ? 64 : from / 4, from / 2);
    const grown: Row[] = [
      [`${name}.up.weight`, [from, from / 2, 2, 2]],
      [`${name}.up.bias`, [from / 2]],
    ];
    return [...grown, ...doubleConv(`${name}.conv`, from, from / 2)];
  });
  return [...doubleConv('inc', 3, 64), ...down, ...up, ...biased('outc.conv', 2, 64)];
}

/** voc-fcn32s and voc-fcn8s of shelhamer/fcn.berkeleyvision.org, whose 64 and 4096 channels are `width` times as many. */
export function fcnRows(stride: 8 | 32, width: number): Row[] {
  const stages = [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ] as const;
  let from = 3;
  const body = stages.flatMap(([layers, channels], stage) =>
    Array.from({ length: layers }, (_, i) => {
      const rows = biased(`conv${stage + 1}_${i + 1}`, channels * width, from, 3);
      from = channels * width;
      return rows;
    }).flat(),
  );
  const head = [
    ...biased('fc6', 4096 * width, 512 * width, 7),
    ...biased('fc7', 4096 * width, 4096 * width),
    ...biased('score_fr', 21, 4096 * width),
  ];
  const refined = [
    ...conv('upscore2', 21, 21, 4),
    ...biased('score_pool4', 21, 512 * width),
    ...conv('upscore_pool4', 21, 21, 4),
    ...biased('score_pool3', 21, 256 * width),
    ...conv('upscore8', 21, 21, 16),
  ];
  return [...body, ...head, ...(stride === 8 ? refined : conv('upscore', 21, 21, 64))];
}

/** torchvision's `DeepLabHead` on MobileNet v2, without the 3×3 convolution that MobileNet's authors leave out. */
export const deeplabV3Rows = (): Row[] => [
  ...mobilenetV2Rows('backbone'),
  ...pyramidRows('classifier.0', 320),
  ...biased('classifier.1', 21, 256),
];

/** `DeepLabHeadV3Plus` of VainF/DeepLabV3Plus-Pytorch, without the `classifier` it stands in, and with the paper's second 3×3 convolution. */
export const deeplabV3PlusRows = (): Row[] => [
  ...mobilenetV2Rows('backbone'),
  ...pyramidRows('aspp', 320),
  ...conv('project.0', 48, 24),
  ...norm('project.1', 48),
  ...conv('classifier.0', 256, 256 + 48, 3),
  ...norm('classifier.1', 256),
  ...conv('classifier.3', 256, 256, 3),
  ...norm('classifier.4', 256),
  ...biased('classifier.6', 21, 256),
];

/**
 * Models people can name instead of pointing at a file: where the trained weights are published, how a picture becomes
 * their input, and what their outputs mean. Plain data: nothing here is fetched until a session asks for it.
 */
import { InputError } from '../core/errors.ts';
import { nearestWithin } from '../util/nearest-name.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { plainPicture } from '../vision/plain-picture.ts';
import { COCO_80 } from './coco.ts';
import type { CatalogueEntry, CatalogueLabels, CatalogueTask } from './entry.ts';
import { human, nsfw } from './npm-sources.ts';

export type { CatalogueEntry, CatalogueLabels, CatalogueSource, PinnedFile } from './entry.ts';

/** A raw file of a public repository at a fixed commit; these addresses answer cross-origin requests. */
const raw = (repository: string, commit: string, path: string): string =>
  `https://raw.githubusercontent.com/${repository}/${commit}/${path}`;

const CORAL = ['google-coral/test_data', '104342d2d3480b3e66203073dac24f4e2dbb4c41'] as const;
const NCNN_ASSETS = ['nihui/ncnn-assets', '9489f876aebdaa846af3786f70ea5da6be198243'] as const;
const NCNN = ['Tencent/ncnn', 'a4d2ea1d4422c9e849f166fd7a4aefb52f942f6a'] as const;
const FASTEST_DET = ['dog-qiuqiu/FastestDet', '50473cd155cb088aa4a99e64ff6a4b3c24fa07e1'] as const;
const RFB = ['Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB', 'dffdddda9794a50607cba8f318507a28c1c27cab'] as const;

/** The order of the nsfwjs networks' five outputs. */
const NSFW_LABELS = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];

const IMAGENET_1000: CatalogueLabels = {
  url: raw(...NCNN, 'examples/synset_words.txt'),
  sha256: 'ae3fba5fcc74d2c0b6db492b24c55c211358613c02bebc7a3ceab574a153231f',
  format: 'synset',
};

/** How TensorFlow.js resizes unless told otherwise: pixel i sits at i. */
const TFJS_RESIZE = { method: 'bilinear', halfPixel: false } as const;

/** A square picture; `over` says what differs from the plainest way to prepare it. */
const picture = (side: number, over: Partial<Preprocessing>): Preprocessing => plainPicture(side, side, over);

/** nsfwjs divides by 255 and resizes with aligned corners. */
const NSFW_PICTURE = { std: [255, 255, 255], resize: { method: 'bilinear', alignCorners: true } } as const;

/** In the order in which lists show them: what needs no network first, what judges people's pictures last. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'centernet',
    title: 'COCO object detector, CenterNet on MobileNet v3',
    task: 'detection',
    source: human(
      'centernet',
      'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
      '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef',
    ),
    format: 'tfjs-graph',
    labels: COCO_80,
    preprocessing: picture(512, { resize: TFJS_RESIZE }),
    outputs: 'decoded',
    boxes: 'tower_0/detections',
    notes: 'tower_0/detections [1, 100, 6]: x1, y1, x2, y2 in input pixels, score, class; before suppression',
    licence: 'MIT',
    default: true,
  },
  {
    name: 'movenet-lightning',
    title: 'Pose of one person, MoveNet Lightning',
    task: 'pose',
    source: human(
      'movenet-lightning',
      'df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9',
      'bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(192, { fit: 'contain', resize: TFJS_RESIZE, dtype: 'int32' }),
    outputs: 'decoded',
    notes: '[1, 1, 17, 3]: y, x in 0…1 of the input, score, for the 17 COCO key points',
    licence: 'Apache-2.0',
  },
  {
    name: 'blazeface',
    title: 'Face detector, BlazeFace (back camera)',
    task: 'face-detection',
    source: human(
      'blazeface',
      'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f',
      'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(256, {
      fit: 'contain',
      resize: TFJS_RESIZE,
      mean: [127.5, 127.5, 127.5],
      std: [127.5, 127.5, 127.5],
    }),
    outputs: 'raw',
    notes:
      'scores before the sigmoid [1, 512, 1] and [1, 384, 1]; boxes and 6 key points [1, 512, 16] and [1, 384, 16]',
    licence: 'Apache-2.0',
  },
  {
    name: 'fastest-det',
    title: 'COCO object detector, FastestDet on ShuffleNet v2',
    task: 'detection',
    source: {
      kind: 'url',
      url: raw(...FASTEST_DET, 'example/onnx-runtime/FastestDet.onnx'),
      sha256: '31cb14c017fce347cb4c846ec62fdf00d76bb3beecdf4be21e7116ac67feb880',
    },
    format: 'onnx',
    labels: COCO_80,
    preprocessing: picture(352, {
      resize: { method: 'area' },
      channelOrder: 'bgr',
      std: [255, 255, 255],
      layout: 'nchw',
    }),
    outputs: 'raw',
    notes: '[1, 85, 22, 22]: objectness, x, y, w, h, then 80 class scores in each cell',
    licence: 'BSD-3-Clause',
  },
  {
    name: 'face-rfb-320',
    title: 'Face detector, Ultra-Light-Fast with receptive-field blocks',
    task: 'face-detection',
    source: {
      kind: 'url',
      url: raw(...RFB, 'models/onnx/version-RFB-320.onnx'),
      sha256: '34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017',
    },
    format: 'onnx',
    preprocessing: picture(320, { height: 240, mean: [127, 127, 127], std: [128, 128, 128], layout: 'nchw' }),
    outputs: 'decoded',
    notes: 'scores [1, 4420, 2] (background, face); boxes [1, 4420, 4]: x1, y1, x2, y2 in 0…1; before suppression',
    licence: 'MIT',
  },
  {
    name: 'imagenet-mobilenet-v2-quant',
    title: 'ImageNet classifier, MobileNet v2 1.0, 8-bit',
    task: 'classification',
    source: {
      kind: 'url',
      url: raw(...CORAL, 'mobilenet_v2_1.0_224_quant.tflite'),
      sha256: '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776',
    },
    format: 'tflite',
    preprocessing: picture(224, { fit: 'cover', shorterSide: 256, dtype: 'uint8' }),
    outputs: 'probabilities',
    licence: 'Apache-2.0',
    default: true,
  },
  {
    name: 'imagenet-mobilenet-v1-0.25-quant',
    title: 'ImageNet classifier, MobileNet v1 0.25 at 128 pixels, 8-bit',
    task: 'classification',
    source: {
      kind: 'url',
      url: raw(...CORAL, 'mobilenet_v1_0.25_128_quant.tflite'),
      sha256: 'cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785',
    },
    format: 'tflite',
    preprocessing: picture(128, { fit: 'cover', shorterSide: 146, dtype: 'uint8' }),
    outputs: 'probabilities',
    licence: 'Apache-2.0',
  },
  {
    name: 'imagenet-squeezenet-v1.1',
    title: 'ImageNet classifier, SqueezeNet v1.1',
    task: 'classification',
    source: {
      kind: 'url',
      url: raw(...NCNN_ASSETS, 'models/squeezenet_v1.1.param'),
      sha256: '6a38784ab51f056e5ecdf208120f8a9174b74831255e66b74c4dd6bf755a4324',
      companions: [
        {
          name: 'squeezenet_v1.1.bin',
          url: raw(...NCNN_ASSETS, 'models/squeezenet_v1.1.bin'),
          sha256: '928c82c485a16064df88794d83c333025055e60c08f73217222244ab0ed2dbc6',
        },
      ],
    },
    format: 'ncnn',
    labels: IMAGENET_1000,
    preprocessing: picture(227, {
      fit: 'cover',
      shorterSide: 256,
      channelOrder: 'bgr',
      mean: [104, 117, 123],
      layout: 'nchw',
    }),
    outputs: 'probabilities',
    licence: 'BSD-2-Clause',
  },
  {
    name: 'nsfw-mobilenet-v2',
    title: 'NSFW picture classifier, MobileNet v2 (the smallest)',
    task: 'classification',
    source: nsfw(
      'mobilenet_v2',
      'c32f104fd562b08cdff5ed69dfe1209643afa47e792fb12751d2949aa61a397a',
      'feffc6868d61e412a4e7a22657a3d07a8a48df6e11688a9e25b77c23cb7b45c9',
      'ef2e0a63f7d2c4960b37b024b669313f65d3c45cd59e9042636c55b39de53517',
    ),
    format: 'tfjs-layers',
    labels: NSFW_LABELS,
    preprocessing: picture(224, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
  {
    name: 'nsfw-mobilenet-v2-mid',
    title: 'NSFW picture classifier, MobileNet v2 of middle size',
    task: 'classification',
    source: nsfw(
      'mobilenet_v2_mid',
      'a7a9e701491e2449b221dab7c424957f853e700602b5575da33cfd745616f964',
      '935a537cc627402ee7303f75e59083809ab857ae99969523ba1aa726c65c8161',
      'f2e79a209e44d668220ec5f1533a98f2be954e3953685bf074d201b82fefc29a',
      'f291df992a0131741372506a6072fb9f1645bff7c973c983fd6276f5f9625d5e',
    ),
    format: 'tfjs-graph',
    labels: NSFW_LABELS,
    preprocessing: picture(224, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
  {
    name: 'nsfw-inception-v3',
    title: 'NSFW picture classifier, Inception v3 (the most accurate)',
    task: 'classification',
    source: nsfw(
      'inception_v3',
      '8c2b793b9d277840fc757725bf3b135c96d5a54ec020e2b4ab569fc3df6b3848',
      'f5882005bdfa95fa82c3d2fe0419b27495736336e1784a3563a8b746f3c3f7e3',
      'e9316ac20ff634f990e483062050afe9a4826885c3a212d676ce2cfda93a4884',
      '467b33d62b4c470edf8acd3da554e331f2d49f3f93ddd718f944f595c516cd82',
      '075300e057ca7e9fd2e282afbc3a6596a0404288c94bf781e9b20658cbeee664',
      'b51ee46e062e752e81c28761a56369432671bfb3d59f4f062f5bd4dd58ff5303',
      'd4149969b3c61e0d4dde1d4f555f5b00f4fc87f6bab1a4cd4967b24f62725de6',
      'b684762a7d7c39b80183d260bdab6f072321349300f9f2ff144a085a382acfc4',
    ),
    format: 'tfjs-layers',
    labels: NSFW_LABELS,
    preprocessing: picture(299, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
];

/** The entry of this name, if the catalogue has it. */
export function findEntry(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === name);
}

/** The model that a task takes where none is named. Throws InputError for a task that has no such. */
export function defaultModel(task: CatalogueTask): CatalogueEntry {
  const found = CATALOGUE.find((entry) => entry.default && entry.task === task);
  if (found) return found;
  throw new InputError(`no model was given, and the catalogue has no usual one for ${task}`);
}

/** The entry of this name; without one the default detector. Throws as `unknownModel` says. */
export function findModel(name?: string): CatalogueEntry {
  if (name === undefined) return defaultModel('detection');
  const found = findEntry(name);
  if (found) return found;
  throw unknownModel(name, CATALOGUE);
}

/** The error for a name that the catalogue does not have, with the one of these entries that was meant, or all of them. */
export function unknownModel(name: string, entries: readonly CatalogueEntry[]): InputError {
  const names = entries.map((entry) => entry.name);
  const meant = nearestWithin(name, names);
  return new InputError(`no model "${name}" in the catalogue`, {
    hint: meant === undefined ? `It has ${names.join(', ')}` : `Did you mean ${meant}?`,
  });
}

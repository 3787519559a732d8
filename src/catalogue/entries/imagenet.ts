/** Classifiers of ImageNet. */
import type { CatalogueEntry, CatalogueLabels } from '../entry.ts';
import { picture } from '../pictures.ts';
import { raw, repositoryFile, type Repository } from '../sources.ts';

const CORAL: Repository = ['google-coral/test_data', '104342d2d3480b3e66203073dac24f4e2dbb4c41'];
const NCNN_ASSETS: Repository = ['nihui/ncnn-assets', '9489f876aebdaa846af3786f70ea5da6be198243'];
const NCNN: Repository = ['Tencent/ncnn', 'a4d2ea1d4422c9e849f166fd7a4aefb52f942f6a'];

const IMAGENET_1000: CatalogueLabels = {
  ...raw(NCNN, 'examples/synset_words.txt', 'ae3fba5fcc74d2c0b6db492b24c55c211358613c02bebc7a3ceab574a153231f'),
  format: 'synset',
};

/** The usual one first. */
export const IMAGENET_CLASSIFIERS: readonly CatalogueEntry[] = [
  {
    name: 'imagenet-mobilenet-v2-quant',
    title: 'ImageNet classifier, MobileNet v2 1.0, 8-bit',
    task: 'classification',
    source: repositoryFile(
      CORAL,
      'mobilenet_v2_1.0_224_quant.tflite',
      '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776',
    ),
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
    source: repositoryFile(
      CORAL,
      'mobilenet_v1_0.25_128_quant.tflite',
      'cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785',
    ),
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
      ...raw(
        NCNN_ASSETS,
        'models/squeezenet_v1.1.param',
        '6a38784ab51f056e5ecdf208120f8a9174b74831255e66b74c4dd6bf755a4324',
      ),
      companions: [
        {
          name: 'squeezenet_v1.1.bin',
          ...raw(
            NCNN_ASSETS,
            'models/squeezenet_v1.1.bin',
            '928c82c485a16064df88794d83c333025055e60c08f73217222244ab0ed2dbc6',
          ),
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
];

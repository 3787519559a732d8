/** Detectors of things. */
import { COCO_80 } from '../coco.ts';
import type { CatalogueEntry } from '../entry.ts';
import { picture, TFJS_RESIZE } from '../pictures.ts';
import { human, raw, repositoryFile, type Repository } from '../sources.ts';

const FASTEST_DET: Repository = ['dog-qiuqiu/FastestDet', '50473cd155cb088aa4a99e64ff6a4b3c24fa07e1'];
const YOLOX: Repository = ['Kazuhito00/YOLOX-ONNX-TFLite-Sample', '3d4f1119d0694200671c08069ecb847aa0d8495a'];
const NCNN_ASSETS: Repository = ['nihui/ncnn-assets', '9489f876aebdaa846af3786f70ea5da6be198243'];
const WECHAT: Repository = ['WeChatCV/opencv_3rdparty', '4f9044621eb268543421d967cf9a497315540682'];

/** Best first. */
export const DETECTORS: readonly CatalogueEntry[] = [
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
    decode: 'rows',
    notes: 'tower_0/detections [1, 100, 6]: x1, y1, x2, y2 in input pixels, score, class; before suppression',
    licence: 'MIT',
    default: true,
  },
  {
    name: 'yolox-nano',
    title: 'COCO object detector, YOLOX-nano',
    task: 'detection',
    source: repositoryFile(
      YOLOX,
      'model/yolox_nano.onnx',
      '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
    ),
    format: 'onnx',
    labels: COCO_80,
    preprocessing: picture(416, { fit: 'contain', padding: [114, 114, 114], channelOrder: 'bgr', layout: 'nchw' }),
    outputs: 'raw',
    decode: 'yolox',
    notes:
      '[1, 3549, 85]: cells of 52², 26² and 13²; x, y of the centre in cells, w, h as logarithms of cells, objectness, 80 class scores',
    licence: 'Apache-2.0',
  },
  {
    name: 'fastest-det',
    title: 'COCO object detector, FastestDet on ShuffleNet v2',
    task: 'detection',
    source: repositoryFile(
      FASTEST_DET,
      'example/onnx-runtime/FastestDet.onnx',
      '31cb14c017fce347cb4c846ec62fdf00d76bb3beecdf4be21e7116ac67feb880',
    ),
    format: 'onnx',
    labels: COCO_80,
    preprocessing: picture(352, {
      resize: { method: 'area' },
      channelOrder: 'bgr',
      std: [255, 255, 255],
      layout: 'nchw',
    }),
    outputs: 'raw',
    decode: 'fastest-det',
    notes: '[1, 85, 22, 22]: objectness, x, y, w, h, then 80 class scores in each cell',
    licence: 'BSD-3-Clause',
  },
  {
    name: 'nanodet-m',
    title: 'COCO object detector, NanoDet on ShuffleNet v2',
    task: 'detection',
    source: {
      kind: 'url',
      ...raw(NCNN_ASSETS, 'models/nanodet_m.param', '8543dccd5604ded10d06bdb2b2f702f8f2f1dac09652c81750f21bf0a6e3f1a8'),
      companions: [
        {
          name: 'nanodet_m.bin',
          ...raw(
            NCNN_ASSETS,
            'models/nanodet_m.bin',
            '8d7f846cfc340a3ef66389f174a66819709f7182b9d35788ee1506679caac65e',
          ),
        },
      ],
    },
    format: 'ncnn',
    labels: COCO_80,
    preprocessing: picture(320, {
      channelOrder: 'bgr',
      mean: [103.53, 116.28, 123.675],
      std: [57.375, 57.12, 58.395],
      layout: 'nchw',
    }),
    outputs: 'raw',
    decode: 'nanodet',
    notes:
      '792 [1, 1600, 80], 795 [1, 1600, 32] and so on: scores and distances as distributions, of each of three strides',
    licence: 'Apache-2.0',
  },
  {
    name: 'wechat-qr',
    title: 'Detector of QR codes, WeChat',
    task: 'detection',
    source: {
      kind: 'url',
      ...raw(WECHAT, 'detect.prototxt', 'e8acfc395caf443a47f15686a9b9207b36cb8f7e6ceb8fbaf6466665e68a9466'),
      companions: [
        {
          name: 'detect.caffemodel',
          ...raw(WECHAT, 'detect.caffemodel', 'cc49b8c9babaf45f3037610fe499df38c8819ebda29e90ca9f2e33270f6ef809'),
        },
      ],
    },
    format: 'caffe',
    labels: ['background', 'QR code'],
    preprocessing: picture(384, { channelOrder: 'grey', std: [255, 255, 255], fit: 'contain', layout: 'nchw' }),
    outputs: 'decoded',
    decode: 'detection-output',
    notes: 'detection_output [1, 1, 100, 7]: image, label, score, x1, y1, x2, y2 in 0…1; zeros behind the last',
    licence: 'Apache-2.0',
  },
];

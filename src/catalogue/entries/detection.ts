/** Detectors of things. */
import { COCO_80 } from '../coco.ts';
import type { CatalogueEntry } from '../entry.ts';
import { picture, TFJS_RESIZE } from '../pictures.ts';
import { human, repositoryFile, type Repository } from '../sources.ts';

const FASTEST_DET: Repository = ['dog-qiuqiu/FastestDet', '50473cd155cb088aa4a99e64ff6a4b3c24fa07e1'];
const YOLOX: Repository = ['Kazuhito00/YOLOX-ONNX-TFLite-Sample', '3d4f1119d0694200671c08069ecb847aa0d8495a'];

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
];

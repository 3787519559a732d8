/** Detectors of faces. */
import type { CatalogueEntry, CatalogueSource } from '../entry.ts';
import { picture, SIGNED, TFJS_RESIZE } from '../pictures.ts';
import { human, mediapipe, raw, repositoryFile, type Repository } from '../sources.ts';

const RFB: Repository = [
  'Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB',
  'dffdddda9794a50607cba8f318507a28c1c27cab',
];
const YUNET: Repository = ['ShiqiYu/libfacedetection.train', '0047ac24afb1a50a0c6105001c89d1b5b805dbf1'];
const MTCNN: Repository = ['kpzhang93/MTCNN_face_detection_alignment', '4617f55b08846aea1b2328e9c12e48df91b3d725'];
const OPEN_SEE_FACE: Repository = ['emilianavt/OpenSeeFace', 'dee5bb76066d062e7d80828ff407cbc5854f94f1'];

/** What BlazeFace finds is where these begin. */
const PARTS = { landmarks: 'face-mesh', iris: 'iris' } as const;

/** What all of BlazeFace's outputs hold. */
const BLAZE_NOTES = 'for each anchor x, y, w, h and 6 key points in input pixels, and a score before the sigmoid';

/** A network of MTCNN: the checksum of its text, then that of its weights. */
const mtcnn = (name: string, sha256: string, weights: string): CatalogueSource => {
  const folder = 'code/codes/MTCNNv1/model';
  return {
    kind: 'url',
    ...raw(MTCNN, `${folder}/${name}.prototxt`, sha256),
    companions: [{ name: `${name}.caffemodel`, ...raw(MTCNN, `${folder}/${name}.caffemodel`, weights) }],
  };
};

/** The usual one first. */
export const FACE_DETECTORS: readonly CatalogueEntry[] = [
  {
    name: 'blazeface-short',
    title: 'Face detector, BlazeFace for faces within 2 metres',
    task: 'face-detection',
    source: mediapipe(
      'face_detection',
      'face_detection_short_range.tflite',
      '3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633',
    ),
    format: 'tflite',
    preprocessing: picture(128, { fit: 'contain', ...SIGNED }),
    outputs: 'raw',
    decode: 'blazeface',
    parts: PARTS,
    notes: `regressors [1, 896, 16], classificators [1, 896, 1]: ${BLAZE_NOTES}`,
    licence: 'Apache-2.0',
    default: true,
  },
  {
    name: 'blazeface-full',
    title: 'Face detector, BlazeFace for faces within 5 metres',
    task: 'face-detection',
    source: mediapipe(
      'face_detection',
      'face_detection_full_range.tflite',
      '99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3',
    ),
    format: 'tflite',
    preprocessing: picture(192, { fit: 'contain', ...SIGNED }),
    outputs: 'raw',
    decode: 'blazeface',
    parts: PARTS,
    notes: `reshaped_regressor_face_4 [1, 2304, 16], reshaped_classifier_face_4 [1, 2304, 1]: ${BLAZE_NOTES}`,
    licence: 'Apache-2.0',
  },
  {
    name: 'blazeface-full-sparse',
    title: 'Face detector, BlazeFace for faces within 5 metres, with sparse weights',
    task: 'face-detection',
    source: mediapipe(
      'face_detection',
      'face_detection_full_range_sparse.tflite',
      '671dd2f9ed11a78436fc21cc42357a803dfc6f73e9fb86541be942d5716c2dce',
    ),
    format: 'tflite',
    preprocessing: picture(192, { fit: 'contain', ...SIGNED }),
    outputs: 'raw',
    decode: 'blazeface',
    parts: PARTS,
    notes: `Identity [1, 2304, 16], Identity_1 [1, 2304, 1]: ${BLAZE_NOTES}`,
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
    preprocessing: picture(256, { fit: 'contain', resize: TFJS_RESIZE, ...SIGNED }),
    outputs: 'raw',
    decode: 'blazeface',
    parts: PARTS,
    notes:
      'scores before the sigmoid [1, 512, 1] and [1, 384, 1]; boxes and 6 key points [1, 512, 16] and [1, 384, 16]',
    licence: 'Apache-2.0',
  },
  {
    name: 'yunet',
    title: 'Face detector with 5 key points, YuNet',
    task: 'face-detection',
    source: repositoryFile(
      YUNET,
      'onnx/yunet_n_320_320.onnx',
      '81dbde155e982455488235acb8ec2dec5d647edf7cf7080d33e4abb69b93a0d2',
    ),
    format: 'onnx',
    preprocessing: picture(320, { fit: 'contain', channelOrder: 'bgr', layout: 'nchw' }),
    outputs: 'raw',
    decode: 'yunet',
    notes:
      'for cells of 8, 16 and 32 pixels cls_N and obj_N, whose product’s root is the score, bbox_N: x, y of the centre and logarithms of w, h, kps_N: x, y of 5 points, all in cells',
    licence: 'Apache-2.0',
  },
  {
    name: 'face-rfb-320',
    title: 'Face detector, Ultra-Light-Fast with receptive-field blocks',
    task: 'face-detection',
    source: repositoryFile(
      RFB,
      'models/onnx/version-RFB-320.onnx',
      '34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017',
    ),
    format: 'onnx',
    preprocessing: picture(320, { height: 240, mean: [127, 127, 127], std: [128, 128, 128], layout: 'nchw' }),
    outputs: 'decoded',
    decode: 'rfb',
    notes: 'scores [1, 4420, 2] (background, face); boxes [1, 4420, 4]: x1, y1, x2, y2 in 0…1; before suppression',
    licence: 'MIT',
  },
  {
    name: 'mtcnn',
    title: 'Face detector with 5 key points of faces of any size, MTCNN’s first network and those behind it',
    task: 'face-detection',
    source: mtcnn(
      'det1',
      'adc1756d8515d3ca3a6a186c0fadab66fcae04bd8d3c6388e2fe8797a626dde4',
      'd6085e7f48ba7e6b6f1b58964595f6bce5b97bcc4866751f7b4bdc98f920c096',
    ),
    format: 'caffe',
    preprocessing: picture(12, {
      fit: 'stretch',
      resize: { method: 'area' },
      mean: SIGNED.mean,
      std: [128, 128, 128],
      layout: 'nchw',
    }),
    outputs: 'raw',
    decode: 'mtcnn',
    parts: { rnet: 'mtcnn-second', onet: 'mtcnn-third' },
    notes:
      'of a picture with rows and columns exchanged, for cells of 12 pixels, 2 apart: prob1 [1, 2, w, h] (background, face); conv4-2 [1, 4, w, h]: how far x1, y1, x2, y2 lie from the cell’s, in its extents',
    licence: 'MIT',
  },
  {
    name: 'mtcnn-second',
    title: 'Which boxes hold faces, MTCNN’s second network',
    task: 'face-refinement',
    source: mtcnn(
      'det2',
      '077686e89e606354f425366afdb2018777d93c6450b50e2c12301f8a97f6bb47',
      '39b20f7a57bb8176cc9466cea4dfd52da6a6f876de60c7ab222a309f2d0ca08c',
    ),
    format: 'caffe',
    outputs: 'raw',
    decode: 'mtcnn-rnet',
    notes: 'takes [R, 3, 24, 24] of boxes, turned likewise, (pixel − 127.5) / 128: prob1 [R, 2]; conv5-2 [R, 4]',
    licence: 'MIT',
  },
  {
    name: 'mtcnn-third',
    title: 'Which boxes hold faces, and 5 key points, MTCNN’s third network',
    task: 'face-refinement',
    source: mtcnn(
      'det3',
      'a8385a3aad241acf5902b79466f9a359ea9f03a3b6dcbe1e1efa050908cf7d04',
      '9d6098829a4d6d318f37cec42142465637fafe4c673f2e93b69495bf7ca23d2d',
    ),
    format: 'caffe',
    outputs: 'raw',
    decode: 'mtcnn-onet',
    notes:
      'takes [R, 3, 48, 48] of boxes, turned likewise, (pixel − 127.5) / 128: prob1 [R, 2]; conv6-2 [R, 4]; conv6-3 [R, 10]: x of 5 points, then y, in extents of the box',
    licence: 'MIT',
  },
  {
    name: 'face-map-mobilenet-v3',
    title: 'Heat map of faces, OpenSeeFace on MobileNet v3',
    task: 'face-detection',
    source: repositoryFile(
      OPEN_SEE_FACE,
      'models/mnv3_detection_opt.onnx',
      '0e8e4806766d85ab067a52c7af0dcb59eb7f9dfe580b44f20a8e6ab712d89809',
    ),
    format: 'onnx',
    preprocessing: picture(224, {
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
      layout: 'nchw',
    }),
    outputs: 'raw',
    notes: 'output [1, 2, 56, 56]: where faces are, and their radius; maxpool, the same behind a 3×3 maximum',
    licence: 'BSD-2-Clause',
  },
];

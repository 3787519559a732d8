/** What is read from the part of a picture that holds one face, or one eye. */
import type { CatalogueEntry } from '../entry.ts';
import { picture, SIGNED, TFJS_RESIZE, UNIT } from '../pictures.ts';
import { human, mediapipe, repositoryFile, type Repository } from '../sources.ts';

const FSA_NET: Repository = ['omasaht/headpose-fsanet-pytorch', '002549c981b607f722e0810d999afcde7e5aaa66'];

/** Landmarks first, then what a face is like. */
export const FACE_PARTS: readonly CatalogueEntry[] = [
  {
    name: 'face-mesh',
    title: '468 landmarks of a face, MediaPipe',
    task: 'face-landmarks',
    source: mediapipe(
      'face_mesh',
      'face_mesh_solution_packed_assets.data',
      'dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99',
      {
        name: 'face_landmark.tflite',
        start: 2495952,
        end: 3737848,
        sha256: 'c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1',
      },
    ),
    format: 'tflite',
    preprocessing: picture(192, UNIT),
    outputs: 'raw',
    decode: 'face-mesh',
    notes:
      'conv2d_21 [1, 1, 1, 1404]: x, y, z of each in input pixels; conv2d_31, whether it is a face, before the sigmoid',
    licence: 'Apache-2.0',
  },
  {
    name: 'face-mesh-attention',
    title: '478 landmarks of a face, lips and eyes seen twice, and irises, MediaPipe',
    task: 'face-landmarks',
    source: mediapipe(
      'face_mesh',
      'face_mesh_solution_packed_assets.data',
      'dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99',
      {
        name: 'face_landmark_with_attention.tflite',
        start: 0,
        end: 2495952,
        sha256: '883b7411747bac657c30c462d305d312e9dec6adbf8b85e2f5d8d722fca9455d',
      },
    ),
    format: 'tflite',
    preprocessing: picture(192, UNIT),
    outputs: 'raw',
    decode: 'attention-mesh',
    notes:
      'output_mesh_identity [1, 1, 1, 1404]: x, y, z of each in input pixels; output_lips, output_left_eye, output_right_eye, ' +
      'output_left_iris and output_right_iris: x, y of those seen twice; conv_faceflag, whether it is a face, before the sigmoid',
    licence: 'Apache-2.0',
  },
  {
    name: 'face-mesh-contours',
    title: '468 landmarks and 133 points of contours of a face',
    task: 'face-landmarks',
    source: human(
      'facemesh',
      'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7',
      '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(192, { resize: TFJS_RESIZE, ...UNIT }),
    outputs: 'raw',
    decode: 'face-mesh',
    notes:
      'Identity_2:0 [1, 1404]: x, y, z of each in input pixels; Identity:0 [1, 266]: x, y of contours; Identity_1:0, whether it is a face',
    licence: 'Apache-2.0',
  },
  {
    name: 'iris',
    title: 'Contour and iris of an eye, 76 landmarks',
    task: 'iris-landmarks',
    source: human(
      'iris',
      '49038ac9dcc09aa05474d91d98e9db5b47af4830929bcf102ed5a56bfbabb465',
      'd7f296d184274213d4642681ae186112cbbec77fd2ab066257d3c56a1940bc71',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(64, { resize: TFJS_RESIZE, ...UNIT }),
    outputs: 'raw',
    decode: 'iris',
    notes:
      'Identity:0 [1, 1, 1, 228]: x, y, z in input pixels, 71 of the contour and 5 of the iris, of a left eye; a right one is mirrored',
    licence: 'Apache-2.0',
  },
  {
    name: 'face-age-gender',
    title: 'Age, gender and descriptor of a face, HSE-FaceRes',
    task: 'face-attributes',
    source: human(
      'faceres',
      '5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df',
      '2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(224, { resize: TFJS_RESIZE }),
    outputs: 'raw',
    notes:
      'age_pred/Softmax:0 [1, 100]: a probability for each year; gender_pred/Sigmoid:0, from female to male; global_pooling/Mean [1, 1024], alike for the same face',
    licence: 'MIT',
  },
  {
    name: 'face-emotion',
    title: 'Emotion of a face, of 7',
    task: 'face-attributes',
    source: human(
      'emotion',
      '56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2',
      '927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987',
    ),
    format: 'tfjs-graph',
    labels: ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'],
    outputs: 'probabilities',
    notes: 'takes [1, 64, 64, 1]: 2 · (0.2989 R + 0.587 G + 0.114 B) − 1 of colours in 0…1',
    licence: 'MIT',
  },
  {
    name: 'face-antispoof',
    title: 'Whether a face is real rather than a picture of one',
    task: 'face-attributes',
    source: human(
      'antispoof',
      '7fd698ae1cebabbcad79d3b8b448587b0365eb7911987418231bdcf36583112a',
      '4490fecb2becdb6869edc7e60f5e59962be013a8def8719b1373afb0f905c094',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(128, { resize: TFJS_RESIZE, ...UNIT }),
    outputs: 'raw',
    notes: 'Identity:0 [1, 1]: from 0, a picture of a face, to 1',
    licence: 'MIT',
  },
  {
    name: 'face-liveness',
    title: 'Whether a face is alive',
    task: 'face-attributes',
    source: human(
      'liveness',
      '9e51c8acf83b80abbf329b2735309ab5c90611c66905ade8b1bd130d473df9c8',
      'fc6a6b6b3b9721bdb8bff67a457a15b7cbfd81715cfb27f3e65b757e81dd663e',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(32, { resize: TFJS_RESIZE, ...UNIT }),
    outputs: 'raw',
    notes: 'Identity:0 [1, 2]: that it is, and that it is not',
    licence: 'MIT',
  },
  {
    name: 'head-pose-fsanet',
    title: 'Direction of a head, FSA-Net with 1×1 attention',
    task: 'face-attributes',
    source: repositoryFile(
      FSA_NET,
      'pretrained/fsanet-1x1-iter-688590.onnx',
      'd85e90cb4b9d3a87e81bbfdcfcd130cbe0e175407042e439a570aa396c44eda6',
    ),
    format: 'onnx',
    preprocessing: picture(64, {
      channelOrder: 'bgr',
      mean: SIGNED.mean,
      std: [128, 128, 128],
      layout: 'nchw',
    }),
    outputs: 'raw',
    notes: 'output [1, 3]: yaw, pitch and roll in degrees',
    licence: 'MIT',
  },
];

/** Detectors of hands, and what is read from the part of a picture that holds one hand. */
import type { CatalogueEntry } from '../entry.ts';
import { picture, TFJS_RESIZE, UNIT } from '../pictures.ts';
import { human, mediapipe } from '../sources.ts';

/** The file in which both palm detectors lie. */
const JOINED = [
  'hands_solution_packed_assets.data',
  'bdce7b66bfc5b39ba86a47775c98e0b186fe73f8308c2279f852af4c89ffdf42',
] as const;

const PALM_NOTES =
  'Identity [1, 2016, 18]: for each anchor x, y, w, h and 7 key points in input pixels; Identity_1 [1, 2016, 1]: scores before the sigmoid';

const HAND_NOTES =
  'Identity [1, 63]: x, y, z of 21 landmarks in input pixels; Identity_1, whether it is a hand, Identity_2, whether the right one of a picture that is not mirrored, both in 0…1; Identity_3 [1, 63]: in metres';

/** The usual one first. */
export const HAND_MODELS: readonly CatalogueEntry[] = [
  {
    name: 'palm-detection-full',
    title: 'Detector of palms, MediaPipe',
    task: 'hand-detection',
    source: mediapipe('hands', ...JOINED, {
      name: 'palm_detection_full.tflite',
      start: 11,
      end: 2341291,
      sha256: '2f25e740121983f68ffc05f99991d524dc0ea812134f6316a26125816941ee85',
    }),
    format: 'tflite',
    preprocessing: picture(192, { fit: 'contain', ...UNIT }),
    outputs: 'raw',
    decode: 'blazepalm',
    parts: { landmarks: 'hand-landmark-full' },
    notes: PALM_NOTES,
    licence: 'Apache-2.0',
    default: true,
  },
  {
    name: 'palm-detection-lite',
    title: 'Detector of palms, MediaPipe, the smaller',
    task: 'hand-detection',
    source: mediapipe('hands', ...JOINED, {
      name: 'palm_detection_lite.tflite',
      start: 2341291,
      end: 4326731,
      sha256: 'e9a4aaddf90dda56a87235303cf00e4c2d3fb28725f68fd88772997dac905c18',
    }),
    format: 'tflite',
    preprocessing: picture(192, { fit: 'contain', ...UNIT }),
    outputs: 'raw',
    decode: 'blazepalm',
    parts: { landmarks: 'hand-landmark-lite' },
    notes: PALM_NOTES,
    licence: 'Apache-2.0',
  },
  {
    name: 'handtrack',
    title: 'Detector of hands by what they do, and of faces, SSD on MobileNet v2',
    task: 'detection',
    also: ['hand-detection'],
    source: human(
      'handtrack',
      'a27d86daea1799c65dd0ad99ea1855a6b6dc721bf7ba4d4eb1a138c9e51d5755',
      '70164f725aefbbf8094a8ef4150dc10e906b6f0976b484ef8ec882d3eae4b812',
    ),
    format: 'tfjs-graph',
    labels: ['open hand', 'closed hand', 'pinch', 'point', 'face', 'pointing tip', 'pinching tip'],
    preprocessing: picture(320, { resize: TFJS_RESIZE, dtype: 'int32' }),
    outputs: 'decoded',
    decode: 'ssd',
    parts: { landmarks: 'hand-landmark-full' },
    notes:
      'after suppression: Identity_1:0 [1, 100, 4]: y1, x1, y2, x2 in 0…1; Identity_4:0 scores, Identity_2:0 classes from 1, to be rounded because their numbers were quantised, Identity_5:0 how many',
    licence: 'MIT',
  },
  {
    name: 'hand-landmark-full',
    title: '21 landmarks of a hand, MediaPipe',
    task: 'hand-landmarks',
    source: mediapipe(
      'hands',
      'hand_landmark_full.tflite',
      '8c026882c9ec059ce0f8e75266bee5a9a23c341a40e0000df755374d3d1b9b68',
    ),
    format: 'tflite',
    preprocessing: picture(224, { fit: 'contain', ...UNIT }),
    outputs: 'raw',
    decode: 'hand-landmarks',
    notes: HAND_NOTES,
    licence: 'Apache-2.0',
  },
  {
    name: 'hand-landmark-lite',
    title: '21 landmarks of a hand, MediaPipe, the smaller',
    task: 'hand-landmarks',
    source: mediapipe(
      'hands',
      'hand_landmark_lite.tflite',
      'd7fde8ac11f8ce03f8663775bfc323f4fc9f2a38062b4f4efa142874ef5b2a48',
    ),
    format: 'tflite',
    preprocessing: picture(224, { fit: 'contain', ...UNIT }),
    outputs: 'raw',
    decode: 'hand-landmarks',
    notes: HAND_NOTES,
    licence: 'Apache-2.0',
  },
  {
    name: 'hand-landmark-lite-tfjs',
    title: '21 landmarks of a hand, MediaPipe, the smaller, for TensorFlow.js',
    task: 'hand-landmarks',
    source: human(
      'handlandmark-lite',
      '8478ec3224129957f1436194738ad26ac78bbac8ea3be1730399ccad6964a27f',
      '3dbf92db39720eac7f88aff322a24d3f4ed3ba1f54aa7a8a37b704f14cb76c0e',
    ),
    format: 'tfjs-graph',
    preprocessing: picture(224, { fit: 'contain', resize: TFJS_RESIZE, ...UNIT }),
    outputs: 'raw',
    decode: 'hand-landmarks',
    notes: HAND_NOTES.replaceAll(/Identity(_\d)?/g, '$&:0'),
    licence: 'Apache-2.0',
  },
];

/** Poses of people. */
import type { CatalogueEntry } from '../entry.ts';
import { picture, SIGNED, TFJS_RESIZE, UNIT } from '../pictures.ts';
import { human, mediapipe } from '../sources.ts';

/** BlazePose's landmarks, one network in three sizes. */
const landmarks = (size: string, title: string, sha256: string): CatalogueEntry => ({
  name: `pose-landmark-${size}`,
  title: `33 landmarks of a person, BlazePose${title}`,
  task: 'pose-landmarks',
  source: mediapipe('pose', `pose_landmark_${size}.tflite`, sha256),
  format: 'tflite',
  preprocessing: picture(256, { fit: 'contain', ...UNIT }),
  outputs: 'raw',
  decode: 'pose-landmarks',
  notes:
    'Identity [1, 195]: x, y, z in input pixels, visibility and presence before the sigmoid, of 33 and 6 that say where the person is; Identity_1, whether it is one, in 0…1; Identity_2 [1, 256, 256, 1]: a mask before the sigmoid; Identity_3 [1, 64, 64, 39]: heat maps; Identity_4 [1, 117]: in metres',
  licence: 'Apache-2.0',
});

/** The usual one first. */
export const POSE_MODELS: readonly CatalogueEntry[] = [
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
    decode: 'movenet',
    notes: '[1, 1, 17, 3]: y, x in 0…1 of the input, score, for the 17 COCO key points',
    licence: 'Apache-2.0',
    default: true,
  },
  {
    name: 'blazepose',
    title: 'Detector of people by face, hips and shoulders, BlazePose',
    task: 'pose',
    source: mediapipe(
      'pose',
      'pose_solution_packed_assets.data',
      'a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85',
      {
        name: 'pose_detection.tflite',
        start: 0,
        end: 2962288,
        sha256: 'a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85',
      },
    ),
    format: 'tflite',
    preprocessing: picture(224, { fit: 'contain', ...SIGNED }),
    outputs: 'raw',
    decode: 'blazepose',
    parts: { landmarks: 'pose-landmark-lite' },
    notes:
      'Identity [1, 2254, 12]: for each anchor x, y, w, h of the face and 4 key points in input pixels; Identity_1 [1, 2254, 1]: scores before the sigmoid',
    licence: 'Apache-2.0',
  },
  landmarks('lite', ', the smallest', 'f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61'),
  landmarks('full', '', 'e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f'),
  landmarks('heavy', ', the most accurate', '59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe'),
];

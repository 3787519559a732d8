/** What the catalogue says that outputs mean is a head of the entry's task. */
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import type { CatalogueTask } from '../../src/catalogue/entry.ts';
import { DETECTION_HEADS } from '../../src/heads/detection.ts';
import { FACE_MESH_HEADS, IRIS_HEADS } from '../../src/heads/face-parts.ts';
import { FACE_HEADS } from '../../src/heads/faces.ts';
import { HAND_HEADS, HAND_LANDMARK_HEADS } from '../../src/heads/hands.ts';
import type { Head } from '../../src/heads/head.ts';
import { MATTE_HEADS } from '../../src/heads/mattes.ts';
import { MTCNN_HEADS } from '../../src/heads/mtcnn.ts';
import { POSE_HEADS, POSE_LANDMARK_HEADS } from '../../src/heads/poses.ts';
import { SEGMENTATION_HEADS } from '../../src/heads/segmentation.ts';

const HEADS: Readonly<Partial<Record<CatalogueTask, readonly Head[]>>> = {
  detection: DETECTION_HEADS,
  matting: MATTE_HEADS,
  segmentation: SEGMENTATION_HEADS,
  'face-detection': FACE_HEADS,
  'face-refinement': [...MTCNN_HEADS.rnet, ...MTCNN_HEADS.onet],
  'face-landmarks': FACE_MESH_HEADS,
  'iris-landmarks': IRIS_HEADS,
  'hand-detection': HAND_HEADS,
  'hand-landmarks': HAND_LANDMARK_HEADS,
  pose: POSE_HEADS,
  'pose-landmarks': POSE_LANDMARK_HEADS,
};

describe('heads of the catalogue', () => {
  const decoded = CATALOGUE.filter(({ decode, task }) => decode !== undefined && HEADS[task]);
  it.each(decoded)('$name: $decode', ({ decode, task, also = [] }) => {
    for (const asked of [task, ...also]) expect(HEADS[asked]?.map(({ name }) => name)).toContain(decode);
  });

  it('have one name each', () => {
    for (const heads of Object.values(HEADS)) {
      const names = heads.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

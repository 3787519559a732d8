/** Heads of estimators of poses, in the order in which they are tried. */
import { blazeHead } from './blaze.ts';
import type { Head } from './head.ts';
import { HEAT_MAPS } from './heat-maps.ts';
import { MOVENET, MOVENET_MULTI } from './movenet.ts';
import { POSE_LANDMARKS } from './pose-landmarks.ts';
import { YOLO_V8_POSE } from './yolo-v8-pose.ts';

/** The detector that comes before BlazePose's landmarks: faces, with the hips, the shoulders, and circles around both. */
const BLAZEPOSE = blazeHead({
  name: 'blazepose',
  finds: 'people',
  points: 4,
  preprocessing: { fit: 'contain', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
});

/** All that `createPoseEstimator` reads. */
export const POSE_HEADS: readonly Head[] = [MOVENET, MOVENET_MULTI, YOLO_V8_POSE, BLAZEPOSE, HEAT_MAPS];

/** What reads a person in a region that another model found. */
export const POSE_LANDMARK_HEADS: readonly Head[] = [POSE_LANDMARKS];

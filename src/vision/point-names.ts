/** Names of key points, in the order in which networks give them. Left and right are those of the person. */
import { range } from '../util/arrays.ts';

/** The 17 key points of a person in COCO: MoveNet's and PoseNet's, too. */
export const COCO_POINTS: readonly string[] = [
  'nose',
  'left_eye',
  'right_eye',
  'left_ear',
  'right_ear',
  'left_shoulder',
  'right_shoulder',
  'left_elbow',
  'right_elbow',
  'left_wrist',
  'right_wrist',
  'left_hip',
  'right_hip',
  'left_knee',
  'right_knee',
  'left_ankle',
  'right_ankle',
];

/** The 33 landmarks of BlazePose (Bazarevsky et al., arXiv:2006.10204). */
export const BLAZEPOSE_POINTS: readonly string[] = [
  'nose',
  'left_eye_inner',
  'left_eye',
  'left_eye_outer',
  'right_eye_inner',
  'right_eye',
  'right_eye_outer',
  'left_ear',
  'right_ear',
  'mouth_left',
  'mouth_right',
  'left_shoulder',
  'right_shoulder',
  'left_elbow',
  'right_elbow',
  'left_wrist',
  'right_wrist',
  'left_pinky',
  'right_pinky',
  'left_index',
  'right_index',
  'left_thumb',
  'right_thumb',
  'left_hip',
  'right_hip',
  'left_knee',
  'right_knee',
  'left_ankle',
  'right_ankle',
  'left_heel',
  'right_heel',
  'left_foot_index',
  'right_foot_index',
];

/** The 21 landmarks of a hand (Zhang et al., arXiv:2006.10214): joints from the wrist outwards, finger by finger. */
export const HAND_POINTS: readonly string[] = [
  'wrist',
  'thumb_cmc',
  'thumb_mcp',
  'thumb_ip',
  'thumb_tip',
  'index_finger_mcp',
  'index_finger_pip',
  'index_finger_dip',
  'index_finger_tip',
  'middle_finger_mcp',
  'middle_finger_pip',
  'middle_finger_dip',
  'middle_finger_tip',
  'ring_finger_mcp',
  'ring_finger_pip',
  'ring_finger_dip',
  'ring_finger_tip',
  'pinky_mcp',
  'pinky_pip',
  'pinky_dip',
  'pinky_tip',
];

/** The 6 key points of a face that BlazeFace gives (Bazarevsky et al., arXiv:1907.05047). */
export const BLAZEFACE_POINTS: readonly string[] = [
  'right_eye',
  'left_eye',
  'nose_tip',
  'mouth_center',
  'right_ear_tragion',
  'left_ear_tragion',
];

/** The 5 key points of a face that RetinaFace, SCRFD and YuNet give. */
export const FIVE_FACE_POINTS: readonly string[] = [
  'right_eye',
  'left_eye',
  'nose_tip',
  'right_mouth_corner',
  'left_mouth_corner',
];

/** The 4 points by which BlazePose's detector says where a person is: centres, and points on circles around them. */
export const BLAZEPOSE_DETECTION_POINTS: readonly string[] = [
  'hip_center',
  'full_body_circle',
  'shoulder_center',
  'upper_body_circle',
];

/** The 7 key points of a palm that MediaPipe's detector gives. */
export const PALM_POINTS: readonly string[] = [
  'wrist',
  'index_finger_mcp',
  'middle_finger_mcp',
  'ring_finger_mcp',
  'pinky_mcp',
  'thumb_cmc',
  'thumb_mcp',
];

/** Names of so many points, numbers where there are others than are usual. */
export function pointNamesOf(count: number, usual: readonly (readonly string[])[]): readonly string[] {
  return usual.find((names) => names.length === count) ?? range(count).map((i) => `point_${i}`);
}

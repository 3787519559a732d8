/** Heads of detectors of hands, in the order in which they are tried. */
import { blazeHead } from './blaze.ts';
import { HAND_LANDMARKS } from './hand-landmarks.ts';
import type { Head } from './head.ts';
import { SSD } from './ssd.ts';

/** MediaPipe's detector of palms, with the wrist and joints of the fingers. */
const BLAZEPALM = blazeHead({
  name: 'blazepalm',
  finds: 'palms',
  points: 7,
  preprocessing: { fit: 'contain', mean: [0, 0, 0], std: [255, 255, 255] },
});

/** All that `createHandDetector` reads. */
export const HAND_HEADS: readonly Head[] = [BLAZEPALM, SSD];

/** What reads a hand in a region that another model found. */
export const HAND_LANDMARK_HEADS: readonly Head[] = [HAND_LANDMARKS];

/** The models that the tests of the demo page use. */

/** The page's first. */
export const DETECTOR = 'centernet';

/** The one that most tests load, as it is small. */
export const SMALL_MODEL = 'nsfw-mobilenet-v2';

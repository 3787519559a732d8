/** Heads of detectors, in the order in which they are tried. */
import { CENTER_NET } from './center-net.ts';
import { DETECTION_OUTPUT } from './detection-output.ts';
import { DETR, RT_DETR } from './detr.ts';
import { FASTEST_DET } from './fastest-det.ts';
import type { Head } from './head.ts';
import { LISTED_BOXES, LISTED_COCO } from './listed-boxes.ts';
import { NANO_DET } from './nano-det.ts';
import { BOX_ROWS } from './rows.ts';
import { SSD, SSD_COCO } from './ssd.ts';
import { YOLO_MAPS } from './yolo-maps.ts';
import { YOLO_NAS } from './yolo-nas.ts';
import { YOLO_V5, YOLO_X } from './yolo-rows.ts';
import { YOLO_V8 } from './yolo-v8.ts';

/**
 * All that `createDetector` reads. Those come first whose rows are as many as the input has cells, which no others are by chance;
 * rows that are decoded before maps, which networks give beside them.
 */
export const DETECTION_HEADS: readonly Head[] = [
  YOLO_V8,
  YOLO_V5,
  NANO_DET,
  YOLO_X,
  YOLO_NAS,
  DETECTION_OUTPUT,
  BOX_ROWS,
  SSD,
  SSD_COCO,
  DETR,
  RT_DETR,
  LISTED_BOXES,
  LISTED_COCO,
  FASTEST_DET,
  CENTER_NET,
  ...YOLO_MAPS,
];

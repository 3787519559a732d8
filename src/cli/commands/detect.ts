/** `tilewise detect`: things in pictures, in words and boxes. */
import type { Command } from 'commander';
import { DETECTION_HEADS } from '../../heads/detection.ts';
import { createDetector, type Detector } from '../../tasks/detector.ts';
import type { ClassName } from '../../vision/decode/detections.ts';
import { collect } from '../arguments.ts';
import { addBoxCommand, type BoxCommand, type BoxFlags } from '../box-command.ts';
import type { Runner } from '../context.ts';
import { toBox, type DetectedBox } from '../detections.ts';

interface DetectFlags extends BoxFlags {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

const DETECT: BoxCommand<Detector, DetectedBox, DetectFlags> = {
  name: 'detect',
  description: 'find things in pictures: what they are, and where',
  task: 'detection',
  things: 'boxes',
  listing: 'detections.json',
  usual: { threshold: 0.3, iou: 0.5, max: '50' },
  decoders: DETECTION_HEADS.map(({ name }) => name),
  flags: (command) =>
    command
      .option('--labels <file>', 'class names, one a line')
      .option('--allow <class>', 'a class that is given, by its label or index; may be repeated', collect)
      .option('--deny <class>', 'a class that is not given; may be repeated', collect),
  create: createDetector,
  find: async (detector, pixels, limits, { allow, deny }) => {
    const classes = {
      ...(allow && { allow: classNames(allow, detector) }),
      ...(deny && { deny: classNames(deny, detector) }),
    };
    return (await detector.detect(pixels, { ...limits, ...classes })).map(toBox);
  },
};

/** Adds the command. */
export function addDetect(program: Command, runner: Runner): void {
  addBoxCommand(program, runner, DETECT);
}

/** Numbers are indices, unless a class is called so. */
function classNames(names: readonly string[], { labels = [] }: Detector): ClassName[] {
  return names.map((name) => (/^\d+$/.test(name) && !labels.includes(name) ? Number(name) : name));
}

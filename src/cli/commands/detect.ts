/** `tilewise detect`: things in pictures, in words and boxes. */
import type { Command } from 'commander';
import { DETECTION_HEADS } from '../../heads/detection.ts';
import { createDetector, type Detector } from '../../tasks/detector.ts';
import { collect } from '../arguments.ts';
import { addBoxCommand, type BoxCommand, type BoxFlags } from '../box-command.ts';
import type { Runner } from '../context.ts';
import { classChoice, toBox, type ClassFlags, type DetectedBox } from '../detections.ts';

interface DetectFlags extends BoxFlags, ClassFlags {}

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
  find: async (detector, pixels, limits, flags) =>
    (await detector.detect(pixels, { ...limits, ...classChoice(flags, detector) })).map(toBox),
};

/** Adds the command. */
export function addDetect(program: Command, runner: Runner): void {
  addBoxCommand(program, runner, DETECT);
}

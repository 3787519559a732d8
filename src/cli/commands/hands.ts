/** `tilewise hands`: hands in pictures, which they are, and their joints. */
import type { Command } from 'commander';
import { HAND_HEADS } from '../../heads/hands.ts';
import { createHandDetector } from '../../node/index.ts';
import type { HandDetector } from '../../tasks/hand-detector.ts';
import type { Hand } from '../../vision/hands.ts';
import { addBoxCommand, type BoxCommand, type BoxFlags } from '../box-command.ts';
import type { Runner } from '../context.ts';
import { toBox, type DetectedBox } from '../detections.ts';

/** A hand in the JSON: which it is, how sure that is, joints in pixels of the picture and in metres. */
interface DetectedHand extends DetectedBox {
  readonly handedness: NonNullable<Hand['handedness']> | null;
  readonly handednessScore: number | null;
  readonly points: Hand['points'];
  readonly world: NonNullable<Hand['world']> | null;
}

const HANDS: BoxCommand<HandDetector, DetectedHand, BoxFlags> = {
  name: 'hands',
  description: 'find hands in pictures: which they are, and their joints',
  task: 'hand-detection',
  things: 'hands',
  listing: 'hands.json',
  usual: { threshold: 0.5, iou: 0.3, max: 'all' },
  decoders: HAND_HEADS.map(({ name }) => name),
  parts: ['landmarks'],
  create: createHandDetector,
  find: async (detector, pixels, limits) => {
    const hands = await detector.detect(pixels, limits);
    return hands.map((hand) => ({
      ...toBox({ ...hand, index: 0, label: hand.handedness ? `${hand.handedness} hand` : 'hand' }),
      handedness: hand.handedness ?? null,
      handednessScore: hand.handednessScore ?? null,
      points: hand.points,
      world: hand.world ?? null,
    }));
  },
  points: ({ points }) => points,
};

/** Adds the command. */
export function addHands(program: Command, runner: Runner): void {
  addBoxCommand(program, runner, HANDS);
}

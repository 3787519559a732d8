/** `tilewise pose`: people in pictures, by their key points. */
import type { Command } from 'commander';
import { POSE_HEADS } from '../../heads/poses.ts';
import { createPoseEstimator } from '../../node/index.ts';
import type { PoseEstimator } from '../../tasks/pose-estimator.ts';
import type { Pose } from '../../vision/poses.ts';
import { addBoxCommand, type BoxCommand, type BoxFlags } from '../box-command.ts';
import type { Runner } from '../context.ts';
import { toBox, type DetectedBox } from '../detections.ts';

/** A person in the JSON: key points in pixels of the picture, and where the network gives them in metres, about the hips. */
interface DetectedPose extends DetectedBox {
  readonly points: Pose['points'];
  readonly world: NonNullable<Pose['world']> | null;
}

const POSE: BoxCommand<PoseEstimator, DetectedPose, BoxFlags> = {
  name: 'pose',
  description: 'find people in pictures: their key points, joined by lines',
  task: 'pose',
  things: 'poses',
  listing: 'poses.json',
  usual: { threshold: 0.25, iou: 0.5, max: '50' },
  decoders: POSE_HEADS.map(({ name }) => name),
  parts: ['landmarks'],
  create: createPoseEstimator,
  find: async (estimator, pixels, limits) => {
    const poses = await estimator.estimate(pixels, limits);
    return poses.map((pose) => ({
      ...toBox({ ...pose, index: 0, label: 'person' }),
      points: pose.points,
      world: pose.world ?? null,
    }));
  },
  points: ({ points }) => points,
};

/** Adds the command. */
export function addPose(program: Command, runner: Runner): void {
  addBoxCommand(program, runner, POSE);
}

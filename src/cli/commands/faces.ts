/** `tilewise faces`: faces in pictures, with their key points, and their meshes on demand. */
import type { Command } from 'commander';
import { FACE_HEADS } from '../../heads/faces.ts';
import { createFaceDetector } from '../../node/index.ts';
import type { FaceDetector } from '../../tasks/face-detector.ts';
import { parseCount } from '../arguments.ts';
import { addBoxCommand, type BoxCommand, type BoxFlags } from '../box-command.ts';
import type { Runner } from '../context.ts';
import { toBox, type DetectedBox } from '../detections.ts';

interface FacesFlags extends BoxFlags {
  readonly mesh?: boolean;
  readonly iris?: boolean;
  readonly minSize?: number;
}

/** A face in the JSON. */
interface DetectedFace extends DetectedBox {
  readonly points: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  /** x, y and depth, in pixels of the picture; null where it was not asked for, or the network saw no face. */
  readonly mesh: readonly (readonly [x: number, y: number, z: number])[] | null;
}

const FACES: BoxCommand<FaceDetector, DetectedFace, FacesFlags> = {
  name: 'faces',
  description: 'find faces in pictures: boxes, key points, meshes',
  task: 'face-detection',
  things: 'faces',
  listing: 'faces.json',
  usual: { threshold: 0.5, iou: 0.3, max: 'all' },
  decoders: FACE_HEADS.map(({ name }) => name),
  flags: (command) =>
    command
      .option('--mesh', 'the mesh of each face, too: 468 points')
      .option('--iris', 'and its irises: 478 points')
      .option('--min-size <pixels>', 'the smallest face that is looked for, with mtcnn; default: 20', parseCount)
      .option('--rnet <name>', 'the second network of mtcnn, where --model is a file of the first one')
      .option('--onet <name>', 'and the third'),
  parts: ['landmarks', 'iris', 'rnet', 'onet'],
  create: createFaceDetector,
  find: async (detector, pixels, limits, { iris = false, mesh = iris, minSize }) => {
    const smallest = minSize === undefined ? {} : { minSize };
    const faces = await detector.detect(pixels, { ...limits, ...smallest, mesh, iris });
    return faces.map((face) => ({
      ...toBox(face),
      points: face.points.map(({ name, x, y }) => ({ name, x, y })),
      mesh: face.mesh?.map(({ x, y, z = 0 }) => [x, y, z] as const) ?? null,
    }));
  },
  // The outlines of the mesh where there is one.
  points: ({ mesh, points }) => {
    const shown = mesh?.map(([x, y]) => ({ x, y })) ?? points;
    return shown.length > 0 ? shown : undefined;
  },
};

/** Adds the command. */
export function addFaces(program: Command, runner: Runner): void {
  addBoxCommand(program, runner, FACES);
}

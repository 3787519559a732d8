/** Detectors of faces: boxes, key points, and meshes where they are asked for. */
import { createFaceDetector } from '../../../../src/index.ts';
import { FACE_PART_MODELS } from '../../site.ts';
import { common, headedOptions, type OpenRunner } from '../runner.ts';

/** Loads a detector of faces; the models for meshes come with the first that is asked for. */
export const openFaces: OpenRunner = async (source, options, known) => {
  const faces = await createFaceDetector(source, { ...headedOptions(options, known), ...FACE_PART_MODELS });
  return {
    ...common(faces),
    find: async (picture, { threshold, max, mesh }) => {
      const boxes = await faces.detect(picture, { threshold, max, mesh, iris: mesh });
      return { kind: 'boxes', boxes };
    },
  };
};

/** Copies of pictures with what was found drawn over them, numbered as the command lists it. */
import { basename, extname } from 'node:path';
import { captionOf } from '../draw/annotation-list.ts';
import type { Annotation, ClassMap } from '../draw/annotations.ts';
import { annotatePicture } from '../node/annotate.ts';
import type { DetectedBox } from './detections.ts';
import type { Picture } from './each-picture.ts';
import type { OutputFolder } from './output-folder.ts';

/** Writes a JPEG of the picture with its things, or its classes; a PNG where it is transparent somewhere. Gives its path. */
export async function writeAnnotated(
  folder: OutputFolder,
  { file, pixels }: Picture,
  annotations: readonly Annotation[] | ClassMap,
): Promise<string> {
  const bytes = await annotatePicture(pixels, annotations, {
    caption: (annotation, place) => `${place + 1} ${captionOf(annotation)}`.trimEnd(),
  });
  const isPng = bytes[0] === 0x89;
  return folder.write(folder.freeName(basename(file, extname(file)), isPng ? '.png' : '.jpg'), bytes);
}

/** A thing of the JSON as it is drawn. */
export function toAnnotation({ label, index, score, box: [x, y, width, height] }: DetectedBox): Annotation {
  return { x, y, width, height, index, score, ...(label === null ? {} : { label }) };
}

/** Annotations of a picture as a display list, which painters paint: on a canvas, or as SVG. */
import { InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import { checkExtent, MAX_PIXELS } from '../vision/pixels.ts';
import {
  ANNOTATION_OPTIONS,
  isClassMap,
  type Annotation,
  type AnnotationOptions,
  type ClassMap,
} from './annotations.ts';
import { classMapList } from './class-map-list.ts';
import type { DisplayList } from './display-list.ts';
import { annotationList } from './annotation-list.ts';
import type { TextWidth } from './label-shapes.ts';
import { strokedWidth } from './text.ts';

/**
 * What is to be painted over a picture: things in boxes, best first, with key points and masks, or a map of classes. Labels
 * do not cover each other, and lie in the picture; those of the last things that find no place are counted in `droppedLabels`.
 * Throws InputError for what cannot be drawn, naming it, and for options out of range.
 */
export function displayList(
  annotations: readonly Annotation[] | ClassMap,
  picture: PictureSize,
  options: AnnotationOptions = {},
  widthOf: TextWidth = strokedWidth,
): DisplayList {
  checkExtent(picture.width, picture.height);
  const chosen = requireOptions('displayList', options, ANNOTATION_OPTIONS);
  const { opacity = 0.5, displayWidth = 1, fontSize = 1, lineWidth = 1 } = chosen;
  if (opacity < 0 || opacity > 1) throw new InputError(`opacity is ${opacity}: it is a number from 0 to 1`);
  for (const [name, size] of Object.entries({ displayWidth, fontSize, lineWidth })) {
    if (size > MAX_PIXELS) throw new InputError(`${name} is ${size}, which no display has`);
  }
  return isClassMap(annotations)
    ? classMapList(annotations, picture, chosen, widthOf)
    : annotationList(annotations, picture, chosen, widthOf);
}

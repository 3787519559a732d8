/** Picture files with annotations drawn over them, on machines without fonts, too. */
import type { OverlayOptions } from 'sharp';
import { requireOptions } from '../core/option-errors.ts';
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { ANNOTATION_OPTIONS, type Annotation, type AnnotationOptions, type ClassMap } from '../draw/annotations.ts';
import { displayList } from '../draw/draw.ts';
import type { DisplayList } from '../draw/display-list.ts';
import { toSvg } from '../draw/svg.ts';
import { checkPixels, type Pixels } from '../vision/pixels.ts';
import { loadSharp } from './image.ts';

/** Options of `annotatePicture`. */
export interface AnnotatePictureOptions extends AnnotationOptions {
  /** Of the file; unless given PNG where the picture has transparent pixels, else JPEG. */
  readonly format?: 'jpeg' | 'png';
  /** Of JPEG, from 1 to 100; 90 unless given. */
  readonly quality?: number;
}

const ANNOTATE_OPTIONS: OptionRules<AnnotatePictureOptions> = {
  ...ANNOTATION_OPTIONS,
  format: ['jpeg', 'png'],
  quality: 'count',
};

/** Files are shown on screens: larger pictures are looked at as a whole, and smaller ones not magnified. */
const USUAL_DISPLAY = 1280;

/** What librsvg draws at once: larger pictures are drawn in parts. */
const PART = 8192;

/**
 * A picture file, JPEG or PNG, of a picture with things drawn over it, as `drawAnnotations` does in a page. Labels are as
 * large as they should be where the picture is shown 1280 pixels long, or `displayWidth` wide.
 * Rejects with InputError for what cannot be drawn, and with LoadError when the optional package `sharp` is missing.
 */
export async function annotatePicture(
  pixels: Pixels,
  annotations: readonly Annotation[] | ClassMap,
  options: AnnotatePictureOptions = {},
): Promise<Uint8Array> {
  const { format, quality = 90, ...look } = requireOptions('annotatePicture', options, ANNOTATE_OPTIONS);
  if (quality > 100) throw new InputError(`quality is ${quality}: it is a whole number from 1 to 100`);
  checkPixels(pixels);
  const { width, height, data } = pixels;
  const usual = width * Math.min(1, USUAL_DISPLAY / Math.max(width, height));
  const list = displayList(annotations, pixels, { ...look, displayWidth: look.displayWidth ?? usual });
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels: 4 } }).composite(overlays(list, pixels));
  const asPng = format === undefined ? isTransparent(data) : format === 'png';
  // Of JPEG, what is transparent is white under what is drawn.
  return asPng ? image.png().toBuffer() : image.flatten({ background: 'white' }).jpeg({ quality }).toBuffer();
}

/** The drawing in parts that are not too large for what draws them. */
function overlays(list: DisplayList, { width, height }: Pixels): OverlayOptions[] {
  const scale = width / list.width;
  const parts: OverlayOptions[] = [];
  for (let top = 0; top < height; top += PART) {
    for (let left = 0; left < width; left += PART) {
      const [across, down] = [Math.min(PART, width - left), Math.min(PART, height - top)];
      const part = { x: left / scale, y: top / scale, width: across / scale, height: down / scale, scale };
      parts.push({ input: Buffer.from(toSvg(list, part)), left, top });
    }
  }
  return parts;
}

function isTransparent(data: Pixels['data']): boolean {
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] !== 255) return true;
  }
  return false;
}

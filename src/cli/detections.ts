/** What was found in a picture, as the command prints it. */
import type { ClassName, Detection, DetectionOptions } from '../vision/decode/detections.ts';

/** A thing in the JSON. */
export interface DetectedBox {
  /** Null where nobody named the classes. */
  readonly label: string | null;
  readonly index: number;
  readonly score: number;
  /** Upper left corner, width and height in pixels of the picture. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
}

/** Classes that are asked for, as the command line names them. */
export interface ClassFlags {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** The same as options of a task: numbers are indices, unless a class is called so. */
export function classChoice(
  { allow, deny }: ClassFlags,
  { labels = [] }: { readonly labels: readonly string[] | undefined },
): Pick<DetectionOptions, 'allow' | 'deny'> {
  const classes = (names: readonly string[]): ClassName[] =>
    names.map((name) => (/^\d+$/.test(name) && !labels.includes(name) ? Number(name) : name));
  return { ...(allow && { allow: classes(allow) }), ...(deny && { deny: classes(deny) }) };
}

/** A detection as the JSON has it. */
export function toBox({ label, index, score, x, y, width, height }: Detection): DetectedBox {
  return { label: label ?? null, index, score, box: [x, y, width, height] };
}

/** A line a thing, numbered as in the annotated picture, or one that says that there is none: `1  cup  52 %  410×310 at 224,305`. */
export function detectionLines(boxes: readonly DetectedBox[]): string[] {
  if (boxes.length === 0) return ['  nothing found'];
  const names = boxes.map(({ label, index }) => label ?? `class ${index}`);
  const widest = Math.max(0, ...names.map((name) => name.length));
  const digits = String(boxes.length).length;
  return boxes.map(({ score, box }, i) => {
    const [x, y, width, height] = box.map(Math.round);
    const number = String(i + 1).padStart(digits);
    const percent = String(Math.round(score * 100)).padStart(3);
    return `  ${number}  ${(names[i] ?? '').padEnd(widest)}  ${percent} %  ${width}×${height} at ${x},${y}`;
  });
}

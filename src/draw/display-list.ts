/** What is painted over a picture, as data: shapes in their order, in pixels of the display, whatever the picture has. */
import type { Colour } from './colours.ts';

/** How a shape is painted. What is left out is not. */
export interface ShapePaint {
  readonly fill?: Colour;
  readonly stroke?: Colour;
  /** Of the stroke. */
  readonly lineWidth?: number;
  /** Of the filling, from 0 to 1; 1 unless given. */
  readonly fillOpacity?: number;
  /** Of the stroke, likewise. */
  readonly strokeOpacity?: number;
}

/** A rectangle, its corners round where it has a radius. */
export interface RectangleShape extends ShapePaint {
  readonly kind: 'rectangle';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
}

/** Lines through points, each as x, y, x, y …; where they are closed, what an odd number of them goes around is filled. */
export interface LinesShape extends ShapePaint {
  readonly kind: 'lines';
  readonly lines: readonly (readonly number[])[];
  readonly closed: boolean;
}

/** A circle. */
export interface CircleShape extends ShapePaint {
  readonly kind: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A line of text: x from its left edge, y from the top of its capitals. */
export interface TextShape {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  /** Size of the font: capitals are 0.7 of it. */
  readonly size: number;
  readonly text: string;
  readonly fill: Colour;
}

/** A shape of a display list. */
export type Shape2D = RectangleShape | LinesShape | CircleShape | TextShape;

/** What is painted over a picture. */
export interface DisplayList {
  /** Extents of the whole picture as it will be shown, in pixels of the display. */
  readonly width: number;
  readonly height: number;
  /** The first lies lowest. */
  readonly shapes: readonly Shape2D[];
  /** How many labels found no place. */
  readonly droppedLabels: number;
}

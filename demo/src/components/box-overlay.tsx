/** Boxes over a picture, scaled as the picture is; the list beside it says the same in words. */
import type { VNode } from 'preact';
import { percent } from '../format.ts';
import type { Box } from '../worker/protocol.ts';

/** Width of a letter in parts of its height, on average. */
const LETTER = 0.56;

/** `width` and `height` are the picture's, in pixels. The best box is drawn last: its label is not covered by others. */
export function BoxOverlay(props: {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
}): VNode {
  const { width, height, boxes } = props;
  const size = Math.max(width, height) / 30;
  return (
    <svg class="overlay" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-testid="boxes">
      {boxes.toReversed().map((box, i) => (
        <LabelledBox key={i} box={box} size={size} />
      ))}
    </svg>
  );
}

function LabelledBox({ box, size }: { readonly box: Box; readonly size: number }): VNode {
  const { x, y, width, height, label, score } = box;
  const text = `${label} ${percent(score)}`;
  const pad = size * 0.4;
  const tag = size + 2 * pad;
  // Above the box, or inside where there is no room above.
  const top = y >= tag ? y - tag : y;
  return (
    <g>
      <rect class="box" x={x} y={y} width={width} height={height} rx={size / 4} />
      <rect class="tag" x={x} y={top} width={text.length * size * LETTER + 2 * pad} height={tag} rx={size / 4} />
      <text x={x + pad} y={top + pad + size * 0.82} font-size={size}>
        {text}
      </text>
    </g>
  );
}

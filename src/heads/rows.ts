/** Rows that are decoded already: x1, y1, x2, y2 in pixels of the input, score, class. CenterNets that are published so, YOLO v10. */
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { Head, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';

/** Columns of a row. */
const COLUMNS = 6;

/** Rows `[1, N, 6]`. */
export const BOX_ROWS: Head = {
  name: 'rows',
  reads: `rows of x1, y1, x2, y2, score, class, [1, N, ${COLUMNS}]`,
  fits: (outputs) => {
    const found = outputs.find(({ shape }) => shape.length === 3 && shape[0] === 1 && shape[2] === COLUMNS);
    return found && [found];
  },
  doubt: ([rows]) => {
    // Of as many as there are, a layer of ncnn may be what gave them.
    if (!Number.isNaN(rows?.shape[1])) return undefined;
    return {
      about:
        'rows of six numbers, as many as there are, may hold x1, y1, x2, y2, score, class, or label, score and corners',
      choose: 'rows, or detection-output: label, score, and corners in 0…1',
    };
  },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, at(read, 0)), input),
};

function candidatesOf(nodes: BoxNodes, { name, shape }: HeadOutput): Candidates {
  const rows = nodes.reshaped(name, [-1, COLUMNS]);
  const labels = nodes.entry(rows, 5);
  return {
    count: at(shape, 1),
    boxes: nodes.columns(rows, 0, 4),
    scores: nodes.entry(rows, 4),
    labels: nodes.builder.one('Cast', [labels], { to: 'int64' }),
  };
}

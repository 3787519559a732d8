/** Caffe's layers that few networks have, those of its forks among them. What takes more than a line is loaded when a network has it. */
import type { Rows } from '../lib/translate.ts';
import type { CaffeContext } from './context.ts';

/** Rows by type. */
export const FURTHER_CAFFE_LAYERS: Rows<CaffeContext> = {
  Python: (c) => {
    const param = c.param('python_param');
    return c.refuse(`code in Python (${param.text('module', '')}.${param.text('layer', '')})`);
  },
};

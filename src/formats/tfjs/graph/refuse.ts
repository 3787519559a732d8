/** What the engine lacks of a node before it is translated. */
import { UnsupportedError } from '../../../core/errors.ts';
import type { TfNode } from './graph-def.ts';

/** Throws UnsupportedError that names the node, and `what` of it is lacking. */
export function refuse({ name, op }: TfNode, what: string): never {
  throw new UnsupportedError([{ node: name, op, what }], { format: 'tfjs-graph' });
}

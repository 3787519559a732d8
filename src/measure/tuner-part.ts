/** What measuring kernels takes, in one piece: loaded by sessions that tune. */
export { tunables } from '../plan/tunables.ts';
export { tune } from './tuner.ts';

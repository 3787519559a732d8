/** The Winograd convolutions, in one piece: loaded when a graph has one. */
export { winogradCalls } from './winograd-calls.ts';
export { preferredWinograd } from './winograd-choice.ts';

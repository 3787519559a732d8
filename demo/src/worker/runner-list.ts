/** Who runs models: one module a task, loaded with the first model that has it. */
import type { Task } from './protocol.ts';
import type { OpenRunner } from './runner.ts';

/** By what they are for. */
export const RUNNERS: Readonly<Record<Task, () => Promise<OpenRunner>>> = {
  classification: async () => (await import('./runners/classes.ts')).openClassifier,
  detection: async () => (await import('./runners/things.ts')).openDetector,
  'face-detection': async () => (await import('./runners/faces.ts')).openFaces,
  'hand-detection': async () => (await import('./runners/hands.ts')).openHands,
  pose: async () => (await import('./runners/poses.ts')).openPoses,
  matting: async () => (await import('./runners/mattes.ts')).openMattes,
  other: async () => (await import('./runners/tensors.ts')).openTensors,
};

/** Whether the page can show what models of this task give. */
export function isTask(task: string): task is Task {
  return Object.hasOwn(RUNNERS, task);
}

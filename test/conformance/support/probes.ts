/** The probe of every operator that the engine is asked for. */
import { CONTROL } from './probes/control.ts';
import { ELEMENTWISE } from './probes/elementwise.ts';
import { NETWORKS } from './probes/networks.ts';
import type { Probes } from './probes/probe.ts';
import { SHAPES } from './probes/shapes.ts';

/** By operator. */
export const PROBES: Probes = { ...ELEMENTWISE, ...SHAPES, ...NETWORKS, ...CONTROL };

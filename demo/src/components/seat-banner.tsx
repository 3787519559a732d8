/** Says why the page does not run on WebGPU, on what instead, and what to do. */
import type { VNode } from 'preact';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { CpuReason } from '../worker/protocol.ts';

const REASONS: { readonly [R in CpuReason]: { readonly title: string; readonly why: string; readonly todo: string } } =
  {
    asked: {
      title: 'Running on the CPU, as asked',
      why: 'The address of this page names the backend.',
      todo: 'Take that out of the address to use WebGPU.',
    },
    insecure: {
      title: 'WebGPU is not available on this address',
      why: 'Browsers offer WebGPU only to pages that come over https or from localhost.',
      todo: 'Open this page over https.',
    },
    missing: {
      title: 'This browser has no WebGPU',
      why: 'It is too old, or WebGPU is switched off in it.',
      todo: 'Use Chrome or Edge 116 and newer (Android: 121), Safari 26, or Firefox 141 on Windows and 145 on a Mac.',
    },
    'no-adapter': {
      title: 'WebGPU found no graphics adapter',
      why: 'The browser has WebGPU, but the graphics driver is missing, too old, or on its block list.',
      todo: 'Switch on hardware acceleration in the settings and update the driver. On Linux, Chrome may need chrome://flags/#enable-unsafe-webgpu.',
    },
  };

/** Nothing on WebGPU. */
export function SeatBanner(): VNode | null {
  const seat = useStore(store, (state) => state.seat);
  if (!seat?.cpuReason) return null;
  const { title, why, todo } = REASONS[seat.cpuReason];
  return (
    <section class="banner" role="status" data-testid="no-webgpu">
      <h2>{title}</h2>
      <p>
        {why} {todo}
      </p>
      <p class="quiet">
        {seat.backend === 'wasm'
          ? 'Until then the page runs on the CPU by WASM SIMD: the same answers, slower than on a GPU, and without layer times or benchmark.'
          : 'Until then the page runs the CPU reference: the same answers, much slower, and without layer times or benchmark.'}
      </p>
    </section>
  );
}

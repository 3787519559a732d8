/** Runs before each GPU test file: counts real dispatches, and notes the adapter, for the summary. */
import { afterEach } from 'vitest';
import { globals } from 'webgpu';

Object.assign(globalThis, globals);

let dispatches = 0;
let adapter: string | undefined;

const prototype = GPUComputePassEncoder.prototype;
const dispatch = prototype.dispatchWorkgroups;
prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, x: number, y?: number, z?: number): undefined {
  dispatches++;
  return dispatch.call(this, x, y, z);
};

const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
  adapter = this.info.description || this.info.vendor;
  return request.call(this, descriptor);
};

afterEach(({ task }) => {
  task.meta.dispatches = dispatches;
  if (adapter !== undefined) task.meta.adapter = adapter;
  dispatches = 0;
});

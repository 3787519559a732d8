/** The Worker: everything that takes time happens here, so that the page's own thread stays free. */
import { expose } from 'comlink';
import type { BenchReport, DemoWorker, WorkerEvent } from './protocol.ts';
import { Benchmark } from './benchmark.ts';
import { Engine } from './engine.ts';
import { outcome } from './outcome.ts';
import { probe } from './seat.ts';
import { drawBench } from './share-picture.ts';

let tell: (event: WorkerEvent) => void = () => undefined;
const emit = (event: WorkerEvent): void => tell(event);
const engine = new Engine(emit);
const benchmark = new Benchmark(emit);

const worker: DemoWorker = {
  listen: (listener) => void (tell = listener),
  probe: async (asked) => {
    const seat = await probe(asked);
    engine.seat = seat;
    return seat;
  },
  load: (request, base) => outcome(() => engine.load(request, new URL(base))),
  cancelLoad: () => engine.cancelLoad(),
  look: (picture, options) => outcome(() => engine.look(picture, options)),
  inspect: () => outcome(() => engine.inspect()),
  trace: () => outcome(() => engine.trace()),
  compare: () => outcome(() => engine.compare()),
  loseDevice: () => engine.loseDevice(),
  bench: () => outcome(() => benchmark.run()),
  stopBench: () => benchmark.stop(),
  drawBench: (report: BenchReport) => outcome(() => drawBench(report)),
};

expose(worker);

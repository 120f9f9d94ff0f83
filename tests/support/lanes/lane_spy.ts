import { Worker } from "node:worker_threads";
import { WorkerLane } from "../../../src/engine/lanes/worker_lane.ts";

/** The Workers that lanes were opened in since {@linkcode spyOnLanes}, and what they made. */
export interface LaneSpy extends Disposable {
  readonly workers: Worker[];
  /** The chunks that Workers made. */
  made: number;
}

/** Watches the lanes of this isolate, until it is disposed of. */
export function spyOnLanes(): LaneSpy {
  const { unref } = Worker.prototype, { make } = WorkerLane.prototype;
  const spy: LaneSpy = {
    workers: [],
    made: 0,
    [Symbol.dispose]() {
      Worker.prototype.unref = unref;
      WorkerLane.prototype.make = make;
    },
  };
  Worker.prototype.unref = function () { // as a lane does with its Worker at once
    spy.workers.push(this);
    return unref.call(this);
  };
  WorkerLane.prototype.make = async function (...work) {
    const rows = await make.apply(this, work);
    spy.made++;
    return rows;
  };
  return spy;
}

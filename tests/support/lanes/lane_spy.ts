import { Worker } from "node:worker_threads";
import { WorkerLane } from "../../../src/engine/lanes/worker_lane.ts";

/** The Workers that lanes were opened in since {@linkcode spyOnLanes}, and what they made. */
export interface LaneSpy extends Disposable {
  readonly workers: Worker[];
  /** The lanes that were opened in them. */
  opened: number;
  /** The chunks that Workers made. */
  made: number;
}

/** Watches the lanes of this isolate, until it is disposed of. */
export function spyOnLanes(): LaneSpy {
  const { unref } = Worker.prototype, { make } = WorkerLane.prototype, { open } = WorkerLane;
  const spy: LaneSpy = {
    workers: [],
    opened: 0,
    made: 0,
    [Symbol.dispose]() {
      Worker.prototype.unref = unref;
      WorkerLane.prototype.make = make;
      WorkerLane.open = open;
    },
  };
  Worker.prototype.unref = function () { // as a lane does with its Worker at once
    spy.workers.push(this);
    return unref.call(this);
  };
  WorkerLane.open = async (...setup) => {
    const lane = await open.apply(WorkerLane, setup);
    spy.opened++;
    return lane;
  };
  WorkerLane.prototype.make = async function (...work) {
    const rows = await make.apply(this, work);
    spy.made++;
    return rows;
  };
  return spy;
}

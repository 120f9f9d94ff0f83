/**
 * The module of a lane's Worker. It opens the lane that its thread's data, a `LaneSetup`, ask for, says so,
 * and makes the chunks that it is sent, several of them at one time.
 *
 * @module
 */

import { runtime } from "../../runtime/here.ts";
import { sentError } from "../../runtime/sent_error.ts";
import { openExecutor } from "../executors.ts";
import { isSpent } from "../executors/done_again.ts";
import { DecodeGate } from "../run/decode_gate.ts";
import { BALLAST, GARBAGE_KEPT, takeBallast } from "./ballast.ts";
import { doneLater } from "./done_later.ts";
import { Lane } from "./lane.ts";
import {
  type CancelMessage,
  type LaneAnswer,
  type LaneSetup,
  type WorkMessage,
  workOf,
} from "./lane_message.ts";

/** Opens the lane, and has it make what comes through the port. */
async function serve({ executor, memory, decodes, upload, port }: LaneSetup): Promise<void> {
  takeBallast(BALLAST.lane);
  const answer = (message: LaneAnswer, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);
  try {
    const opened = await openExecutor({ executor, upload }, memory);
    const lane = new Lane(opened.executor, new DecodeGate(decodes));
    const underWay = new Map<number, AbortController>();
    const giveBack = doneLater(() => void runtime.giveMemoryBack(), GARBAGE_KEPT);
    port.onmessage = async ({ data: message }: MessageEvent<WorkMessage | CancelMessage>) => {
      if ("cancel" in message) return underWay.get(message.cancel)?.abort();
      const { id } = message, ending = new AbortController();
      underWay.set(id, ending);
      try {
        const watch = { onLoaded: () => answer({ loaded: id }), signal: ending.signal };
        const rows = await lane.make(workOf(message), message.arrays, watch);
        answer({ id, rows }, rows.arrays.map(({ bytes }) => bytes.buffer));
      } catch (error) {
        answer({ id, error: sentError(error), spent: isSpent(error as Error) });
      } finally {
        underWay.delete(id);
        giveBack();
      }
    };
    answer({ opened: true });
  } catch (error) {
    answer({ error: sentError(error) });
  }
}

const setup = await runtime.threadData();
if (setup !== undefined) await serve(setup as LaneSetup);

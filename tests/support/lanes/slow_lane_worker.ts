/**
 * A lane's module whose decoder takes its time, and tells of each picture that it begins with.
 *
 * @module
 */

import { BEGUN, decodeSlowly, SLOW } from "./slow_decoder.ts";
import "../../../src/engine/lanes/lane_worker.ts";

const channel = new BroadcastChannel(BEGUN);
decodeSlowly(SLOW, () => channel.postMessage(null));

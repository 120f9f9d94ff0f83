/**
 * A lane's module whose GPU does nothing and whose decoder sleeps.
 *
 * @module
 */

import { runtime } from "../../src/runtime/here.ts";
import { nullGpu } from "./null_device.ts";
import { DECODE, sleepInsteadOfDecoding } from "./sleeping_decoder.ts";

runtime.gpu = () => Promise.resolve(nullGpu());
sleepInsteadOfDecoding(DECODE);
await import("../../src/engine/lanes/lane_worker.ts"); // it opens the lane at once

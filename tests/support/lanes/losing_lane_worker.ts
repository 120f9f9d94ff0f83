/**
 * A lane's module whose GPU device is lost under its first work.
 *
 * @module
 */

import { losingDevices } from "../gpu/losing_devices.ts";

losingDevices().lose(30);
await import("../../../src/engine/lanes/lane_worker.ts");

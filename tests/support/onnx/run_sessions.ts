/**
 * A program that takes pictures through sessions of one of ONNX Runtime's packages, and prints the
 * outcome. Each run is a process of its own, since ONNX Runtime has one device a process.
 *
 * @module
 */

import { type SessionsWay, throughSessions } from "./through_sessions.ts";

/** The arguments of a run. */
export interface SessionsRun extends SessionsWay {
  /** The package: `onnxruntime-web@1.30.0/webgpu`. */
  ort: string;
}

const { ort, ...way }: SessionsRun = JSON.parse(Deno.args[0]);
console.log(JSON.stringify(await throughSessions(await import(`npm:${ort}`), way)));
Deno.exit();

/**
 * A test of ONNX Runtime in a page: `deno task test:browser` runs it in Chromium, with the package's own
 * files served beside it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { report } from "../support/bundled/report.ts";
import { throughSessions } from "../support/onnx/through_sessions.ts";
import { SESSION_F32 } from "../tolerance.ts";

Deno.test("sessionInputs and sessionFeatures take pictures through sessions in a page", async () => {
  const start = performance.now();
  const ort = await import(new URL("/onnxruntime/ort.webgpu.bundle.min.mjs", location.origin).href);
  const { features, logits, ...rest } = await throughSessions(ort, { device: "ours", dtype: "f32" });
  assertEquals(rest, { parts: 1, stayed: true, spliced: true });
  assert(features <= SESSION_F32 && logits <= SESSION_F32, `features by ${features}, logits by ${logits}`);
  const took = ((performance.now() - start) / 1000).toFixed(1);
  await report({ note: `ONNX Runtime: features within ${features}, logits within ${logits}, in ${took} s` });
});

import { testProcessors, testSuites } from "../../../support/golden/processor_calls.ts";

testProcessors("pil", ["webgpu", "simd"]);
testSuites("pil");

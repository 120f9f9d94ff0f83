import { testProcessors, testSuites } from "../../../support/golden/processor_calls.ts";

testProcessors("torchvision", ["webgpu", "simd"]);
testSuites("torchvision");

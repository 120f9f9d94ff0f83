import { testProcessors, testSuites } from "../../../support/golden/processor_calls.ts";

testProcessors("torchvision-cuda", ["webgpu", "simd"]);
testSuites("torchvision-cuda");

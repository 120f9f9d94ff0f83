import { testProcessors } from "../../../support/golden/processor_calls.ts";

testProcessors("torchvision-cuda", ["reference"]);

import { testProcessors } from "../../../support/golden/processor_calls.ts";

testProcessors("pil", ["reference"]);

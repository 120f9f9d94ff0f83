import { assertEquals, assertStringIncludes } from "@std/assert";
import { vitrail } from "../support/vitrail.ts";

Deno.test("vitrail serve refuses arguments that there are not", async () => {
  const wrong: [args: string[], message: string][] = [
    [["a.jpg"], "flags alone"],
    [["--port", "99999"], "from 0 to 65535"],
    [["--max-body", "much"], "--max-body is a size"],
    [["--cache", "much"], "--cache is a size"],
    [["--tokenizers", "x"], 'did you mean "--tokenizer"?'],
    [["--timeout", "2147484"], "--timeout is 2147483 seconds at most"],
    [["--stop-wait", "999999999"], "--stop-wait is 2147483 seconds at most"],
    [["--in-flight", "0"], "--in-flight is a whole number from 1"],
  ];
  for (const [args, message] of wrong) {
    const { status, err } = await vitrail("serve", ...args);
    assertEquals(status, 2, err);
    assertStringIncludes(err, message);
  }
});

import { assertEquals } from "@std/assert";
import { chatTemplate } from "../../src/text/chat_template.ts";

Deno.test("withPythonStrings writes truth values and none as Python does, and all else as before", () => {
  const source =
    "{% for value in messages %}{{ value | string }}|{{ value | string | length }} {% endfor %}" +
    "{% if tools is none %}{{ tools | string }}{% endif %}{{ true | string + (false | string) }}";
  const values = [true, false, null, 3, 0.5, "True", ""];
  assertEquals(
    chatTemplate(source).write(values, false),
    "True|4 False|5 None|4 3|1 0.5|3 True|4 |0 NoneTrueFalse",
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { type Message, readMessages } from "../../src/text/messages.ts";

Deno.test("readMessages takes pictures and clips out, in order, and keeps their places", () => {
  const frames = [{ width: 4, height: 3 }];
  const { messages, media } = readMessages([
    { role: "system", content: "s" },
    {
      role: "user",
      name: "u",
      content: [
        { type: "image", image: "a.png" },
        { type: "text", text: "t" },
        { type: "image_url", image_url: { url: "data:," } },
        { type: "video", video: frames, fps: 2 },
        { type: "image", url: "b.png" },
      ],
    },
    { role: "assistant", content: null, tool_calls: [{ id: 1 }] },
  ]);
  assertEquals(messages, [
    { role: "system", content: "s" },
    {
      role: "user",
      name: "u",
      content: [
        { type: "image" },
        { type: "text", text: "t" },
        { type: "image" },
        { type: "video" },
        { type: "image" },
      ],
    },
    { role: "assistant", content: null, tool_calls: [{ id: 1 }] },
  ]);
  assertEquals(media, [
    { video: false, value: "a.png", where: "messages[1].content[0]" },
    { video: false, value: "data:,", where: "messages[1].content[2]" },
    { video: true, value: frames, fps: 2, where: "messages[1].content[3]" },
    { video: false, value: "b.png", where: "messages[1].content[4]" },
  ]);
});

Deno.test("readMessages names the place of what is no message", () => {
  const user = (...content: unknown[]) => [{ role: "user", content }];
  const cases: [unknown, string][] = [
    [[], "messages is [], expected a list of messages, one at least"],
    ["Hm", 'messages is "Hm", expected a list of messages, one at least'],
    [["Hm"], 'messages[0] is "Hm", expected a message, {"role": …, "content": …}'],
    [
      [{ role: "User", content: "a" }],
      'messages[0].role is "User", expected one of system, developer, user, assistant, tool',
    ],
    [[{ role: "user" }], "messages[0].content is missing, expected a text, or a list of parts"],
    [user("a"), 'messages[0].content[0] is "a", expected a part, {"type": …}'],
    [
      user({ type: "audio" }),
      'messages[0].content[0].type is "audio", expected text, image, image_url or video',
    ],
    [user({ type: "text" }), "messages[0].content[0].text is missing, expected a text"],
    [
      user({ type: "text", text: "a" }, { type: "image" }),
      "messages[0].content[1].image is missing, expected a picture, its path or its size",
    ],
    [user({ type: "image_url" }), "messages[0].content[0].image_url is missing, expected a text, or { url }"],
    [user({ type: "video" }), "messages[0].content[0].video is missing, expected a clip's frames"],
    [
      user({ type: "image", image: "a", image_url: "b" }),
      "messages[0].content[0] holds image and image_url, expected one of them",
    ],
    [
      user({ type: "image", image: "a", max_pixels: 9 }),
      "messages[0].content[0].max_pixels is 9, which is not read of a single picture or clip; " +
      "a recipe's own parameters are those of all",
    ],
  ];
  for (const [messages, message] of cases) {
    const error = assertThrows(() => readMessages(messages as Message[]), VitrailError);
    assertEquals([error.code, error.message], ["usage", message]);
  }
});

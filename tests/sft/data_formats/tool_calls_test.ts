import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import type { Sample } from "../../../src/sft/data/sample.ts";
import { unkeptIn } from "../../../src/sft/data_formats/values/json_values.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const TOOL = { name: "weather", description: "Says «rain»", parameters: { type: "object", properties: {} } };
const PARIS = { name: "weather", arguments: { place: "Paris", days: 2 } };
const LYON = { name: "weather", arguments: { place: "Lyon" } };

const call = (own: object) => ({ type: "function", function: own });

/** The sample that every form below is. */
const SAMPLE: Sample = {
  conversations: [
    { from: "system", value: "Be brief." },
    { from: "human", value: "<ImageHere>Rain there?" },
    { from: "gpt", value: "I ask.", fields: { tool_calls: [call(PARIS), call(LYON)] as never } },
    { from: "tool", value: "no" },
    { from: "tool", value: "yes" },
    { from: "gpt", value: "In Lyon." },
  ],
  images: ["a.png"],
  tools: [call(TOOL)],
};

/** The same in every form that data sets have. */
const FORMS: Record<string, Record<string, unknown>> = {
  "messages, whose arguments are objects": {
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "image", image: "a.png" }, { type: "text", text: "Rain there?" }] },
      { role: "assistant", content: "I ask.", tool_calls: [call(PARIS), call(LYON)] },
      { role: "tool", content: "no" },
      { role: "tool", content: "yes" },
      { role: "assistant", content: "In Lyon." },
    ],
    tools: [call(TOOL)],
  },
  "messages, whose arguments are texts": {
    system: "Be brief.",
    messages: [
      { role: "user", content: "<image>Rain there?", tool_calls: null, name: null },
      {
        role: "assistant",
        content: "I ask.",
        tool_calls: [
          call({ name: "weather", arguments: ' {"place": "Paris", "days": 2}' }),
          { name: "weather", arguments: '{"place": "Lyon"}' },
        ],
      },
      { role: "tool", content: "no" },
      { role: "tool", content: "yes" },
      { role: "assistant", content: "In Lyon." },
    ],
    images: ["a.png"],
    tools: JSON.stringify([TOOL]),
  },
  "swift, with calls one by one": {
    system: "Be brief.",
    messages: [
      { role: "user", content: "<image>Rain there?" },
      { role: "assistant", content: "I ask." },
      { role: "tool_call", content: JSON.stringify(PARIS) },
      { role: "tool_call", content: JSON.stringify(LYON) },
      { role: "tool_response", content: "no" },
      { role: "tool_response", content: "yes" },
      { role: "assistant", content: "In Lyon." },
    ],
    images: ["a.png"],
    tools: [JSON.stringify(TOOL)],
  },
  "sharegpt, with a list of calls": {
    system: "Be brief.",
    conversations: [
      { from: "human", value: "<image>Rain there?" },
      { from: "gpt", value: "I ask." },
      { from: "function_call", value: JSON.stringify([PARIS, LYON]) },
      { from: "observation", value: "no" },
      { from: "observation", value: "yes" },
      { from: "gpt", value: "In Lyon." },
    ],
    images: ["a.png"],
    tools: JSON.stringify([TOOL]),
  },
};

async function opened(folder: string, record: unknown) {
  const path = join(folder, "a.jsonl");
  await Deno.writeTextFile(path, JSON.stringify(record));
  return await DataFile.open(path);
}

for (const [form, record] of Object.entries(FORMS)) {
  Deno.test(`toolCalls and toolList read ${form}`, () =>
    inFolder(async (folder) => {
      using file = await opened(folder, record);
      const { sample, json } = await file.read(0);
      assertEquals(sample, SAMPLE);
      assertEquals(JSON.parse(json).tools, SAMPLE.tools);
      assertEquals(JSON.parse(json).conversations, SAMPLE.conversations);
    }));
}

Deno.test("toolCalls reads calls without words, ids, thoughts before calls, and pictures as answers", () =>
  inFolder(async (folder) => {
    using file = await opened(folder, {
      messages: [
        { role: "user", content: "Zoom in." },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", ...call({ name: "zoom", arguments: "" }) }],
        },
        { role: "tool", tool_call_id: "c1", name: "zoom", content: [{ type: "image", image: "b.png" }] },
        { role: "assistant", content: [{ type: "text", text: "A cat." }], reasoning_content: "Fur." },
      ],
    });
    const { sample } = await file.read(0);
    const zoom = { id: "c1", type: "function" as const, function: { name: "zoom", arguments: {} } };
    assertEquals(sample, {
      conversations: [
        { from: "human", value: "Zoom in." },
        { from: "gpt", value: "", fields: { tool_calls: [zoom] } },
        { from: "tool", value: "<ImageHere>", fields: { tool_call_id: "c1", name: "zoom" } },
        { from: "gpt", value: "A cat.", fields: { reasoning_content: "Fur." } },
      ],
      images: ["b.png"],
    });
    using thinking = await opened(folder, {
      conversations: [
        { from: "human", value: "Rain?" },
        { from: "function_call", value: `<think>Ask.</think>\n${JSON.stringify(LYON)}` },
      ],
    });
    assertEquals((await thinking.read(0)).sample.conversations[1], {
      from: "gpt",
      value: "<think>Ask.</think>\n",
      fields: { tool_calls: [call(LYON)] as never },
    });
  }));

Deno.test("functionCall reads OpenAI's older calls beside a content, of text and of parts", () =>
  inFolder(async (folder) => {
    const older = { function_call: { name: "weather", arguments: '{"place": "Lyon"}' } };
    for (const content of ["", null, [{ type: "text", text: "" }]]) {
      for (const asked of ["?", [{ type: "image", image: "a.png" }]]) {
        using file = await opened(folder, {
          messages: [
            { role: "user", content: asked, function_call: null },
            { role: "assistant", content, ...older },
          ],
        });
        assertEquals((await file.read(0)).sample.conversations[1], {
          from: "gpt",
          value: "",
          fields: { tool_calls: [call(LYON)] as never },
        });
      }
    }
  }));

Deno.test("addCalls keeps what a turn of calls says about being learnt, and its thoughts", () =>
  inFolder(async (folder) => {
    const calls = { role: "tool_call", content: JSON.stringify(LYON) };
    const said = { role: "assistant", content: "I ask." };
    const fields = { tool_calls: [call(LYON)] };
    const gpt = (value: string, others: object = {}) => ({ from: "gpt", value, ...others });
    const cases: [turns: object[], expected: object[]][] = [
      [[calls], [gpt("", { fields })]],
      [[{ ...calls, loss: false }], [gpt("", { fields, learnt: false })]],
      [[said, { ...calls, loss: false }], [gpt("I ask."), gpt("", { fields, learnt: false })]],
      [[{ ...said, loss: false }, calls], [gpt("I ask.", { learnt: false }), gpt("", { fields })]],
      [[{ ...said, weight: 0 }, { ...calls, loss: false }], [gpt("I ask.", { fields, learnt: false })]],
      [[said, { ...calls, reasoning_content: "Hm." }], [
        gpt("I ask."),
        gpt("", { fields: { reasoning_content: "Hm.", ...fields } }),
      ]],
    ];
    for (const [own, expected] of cases) {
      for (const content of ["?", [{ type: "image", image: "a.png" }]]) {
        using file = await opened(folder, { messages: [{ role: "user", content }, ...own] });
        assertEquals((await file.read(0)).sample.conversations.slice(1), expected as never);
      }
    }
    const asked = { role: "user", content: "?" };
    using prompted = await opened(folder, { prompt: [asked, calls], completion: [said] });
    assertEquals((await prompted.read(0)).sample.conversations.map(({ learnt }) => learnt), [
      false,
      false,
      undefined,
    ]);
    using completed = await opened(folder, { prompt: [asked, said], completion: [calls] });
    assertEquals((await completed.read(0)).sample.conversations.slice(1), [
      gpt("I ask.", { learnt: false }),
      gpt("", { fields }),
    ] as never);
  }));

Deno.test("toolCalls and toolList name what is no call and no tool, with its field", () =>
  inFolder(async (folder) => {
    const asked = { role: "user", content: "?" };
    const cases: [Record<string, unknown>, string][] = [
      [
        { messages: [asked, { role: "assistant", content: null }] },
        "messages[1].content is null, expected a text",
      ],
      [
        { messages: [asked, { role: "assistant", tool_calls: "zoom" }] },
        'messages[1].tool_calls is "zoom", expected a list of calls',
      ],
      [
        { messages: [asked, { role: "assistant", tool_calls: [{ function: { arguments: {} } }] }] },
        'messages[1].tool_calls[0].function is {"arguments":{}}, expected a call, {"name": …',
      ],
      [
        {
          messages: [asked, { role: "assistant", tool_calls: [call({ name: "zoom", arguments: '{"x": ' })] }],
        },
        'messages[1].tool_calls[0].function.arguments is "{\\"x\\": ", expected an object of',
      ],
      [
        { messages: [asked, { role: "assistant", tool_calls: [{ name: "zoom", arguments: [1] }] }] },
        "messages[1].tool_calls[0].arguments is [1], expected an object of arguments",
      ],
      [
        { messages: [asked, { role: "tool_call", content: "zoom(1)" }] },
        'messages[1].content is "zoom(1)", expected the JSON of a call',
      ],
      [
        { conversations: [{ from: "human", value: "?" }, { from: "function_call", value: "[{}]" }] },
        "conversations[1].value[0] is {}, expected a call",
      ],
      [
        { messages: [asked, { role: "assistant", tool_calls: [PARIS], function_call: { name: "f" } }] },
        'messages[1].function_call is {"name":"f"}, expected none beside tool_calls',
      ],
      [{ messages: [asked], tools: "zoom" }, 'tools is "zoom", expected a list of tools, or the JSON of one'],
      [
        { messages: [asked], tools: [{ type: "function" }] },
        'tools[0] is {"type":"function"}, expected a tool',
      ],
      [{ messages: [{ ...asked, name: 3 }] }, "messages[0].name is 3, expected a text"],
      [
        { conversations: [{ from: "human", value: "<ImageHere>" }], image: "a.png", tools: [TOOL] },
        "expected none: xcomposer reads turns and pictures alone; --format llava",
      ],
      [
        { messages: [asked, { role: "assistant", content: "", function_call: { arguments: "{}" } }] },
        'messages[1].function_call is {"arguments":"{}"}, expected a call',
      ],
    ];
    for (const [record, words] of cases) {
      using file = await opened(folder, record);
      const error = await assertRejects(() => file.read(0), VitrailError);
      assertEquals(error.code, "dataset");
      assertEquals(error.message.includes(words), true, `${error.message}\nexpected ${words}`);
    }
  }));

Deno.test("toolCalls and toolList refuse what JavaScript would change", () =>
  inFolder(async (folder) => {
    const long = "12345678901234567890", at = "messages[0].tool_calls[0].function.arguments";
    const calls = (args: string, id = '"c"') =>
      `{"messages": [{"role": "assistant", "tool_calls": [{"id": ${id}, "function": ` +
      `{"name": "f", "arguments": ${args}}}]}]}`;
    const tool = (text: string) => `{"name": "f", "parameters": {"x": [1, ${text}]}}`;
    const tools = (own: string) => `{"messages": [{"role": "user", "content": "?"}], "tools": ${own}}`;
    const cases: [record: string, words: string][] = [
      [calls(`{"n": ${long}}`), `${at}.n is "${long}", expected a number below 2^53`],
      [calls(JSON.stringify(`{"a": [${long}]}`)), `${at}.a[0] is "1234567890`],
      [calls('{"n": NaN}'), `${at}.n is "NaN", expected a number that JSON has`],
      [
        calls(JSON.stringify(`{"a": ${"[".repeat(600)}${"]".repeat(600)}}`)),
        `${at} has more than 512 objects and lists in each other`,
      ],
      [calls('{"n": 1e400}'), `${at}.n is "Infinity"`],
      [calls('{"b": {"x": 1, "10": 2}}'), `${at}.b is "10", expected names that are no whole numbers`],
      [calls('"{\\"b\\": 1, \\"0\\": 2}"'), `${at} is "0", expected names`],
      [calls("{}", "3"), "messages[0].tool_calls[0].id is 3, expected a text"],
      [tools(`[${tool(long)}]`), 'tools[0].parameters.x[1] is "1234567890'],
      [tools(JSON.stringify(`[${tool(long)}]`)), 'tools[0].parameters.x[1] is "1234567890'],
      [tools(JSON.stringify([tool(long)])), 'tools[0].parameters.x[1] is "1234567890'],
    ];
    const path = join(folder, "a.jsonl");
    for (const [record, words] of cases) {
      await Deno.writeTextFile(path, record);
      using file = await DataFile.open(path);
      const error = await assertRejects(() => file.read(0), VitrailError);
      assertEquals(error.message.includes(words), true, `${error.message}\nexpected ${words}`);
    }
    await Deno.writeTextFile(path, calls('{"n": 9007199254740991, "at": {"10": -0.5}}', "null"));
    using file = await DataFile.open(path);
    const { sample } = await file.read(0);
    assertEquals(sample.conversations[0].fields?.tool_calls, [
      call({ name: "f", arguments: { n: 9007199254740991, at: { "10": -0.5 } } }),
    ] as never);
    assertEquals(unkeptIn({ n: [2n ** 53n] })?.found, "9007199254740992");
    assertEquals(unkeptIn({ n: [2n ** 53n - 1n] }), undefined);
  }));

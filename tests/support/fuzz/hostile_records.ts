import { type Draw, oneOf } from "./draws.ts";
import { nodesIn, type Tree } from "./json_trees.ts";

/** Values that stand where others are wanted. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, 2 ** 53, "", " ", "x", "\u0000", "é\ud800", "a".repeat(3000)],
  ...[
    "constructor",
    "__proto__",
    "<image>",
    "<imagehere>",
    "<ImageHere>",
    "<|image_pad|>",
    "{{ x }}",
    "humna",
  ],
  ...[
    "a.png",
    "/etc/passwd",
    "../../a.png",
    "https://a.b/c.png",
    "file:///a.png",
    "data:image/png;base64,AAAA",
  ],
  ...["[", '{"name": "f", "arguments": "{"}', "<think>", "NaN", "assistant", "user", "system", "tool"],
  ...[[], {}, [[]], [null], [0], [[null, []]], { length: 5 }, { type: "image" }, { type: "text" }, {
    bytes: 1,
  }],
  ...[{ role: "user" }, { from: "gpt", value: null }, { name: "f" }, { bbox: [[1, 2]], ref: [1] }, [
    "a.png",
    7,
  ]],
];

/** The names of fields that formats read, and some that none does. */
const NAMES: readonly string[] = [
  ...[
    "id",
    "image",
    "images",
    "video",
    "videos",
    "conversations",
    "messages",
    "texts",
    "prompt",
    "completion",
  ],
  ...["query", "response", "history", "instruction", "input", "output", "system", "tools", "objects", "fps"],
  ...[
    "sample_fps",
    "raw_fps",
    "video_start",
    "video_end",
    "from",
    "value",
    "role",
    "content",
    "type",
    "text",
  ],
  ...[
    "image_url",
    "url",
    "path",
    "base64",
    "index",
    "tool_calls",
    "function_call",
    "weight",
    "loss",
    "frames",
  ],
  ...["name", "arguments", "function", "bbox", "ref", "image_id", "bbox_type", "user", "assistant", "audio"],
  ...["__proto__", "constructor", "toJSON", "then", "0", "img_path", "screenshot"],
];

/** Records that formats take, with all that they may hold. */
const WHOLE: readonly object[] = [
  {
    id: 1,
    conversations: [{ from: "human", value: "<ImageHere>?" }, { from: "gpt", value: "!" }],
    image: "a.png",
  },
  {
    id: "b",
    conversations: [{ from: "human", value: "<image>?" }, { from: "gpt", value: "!" }],
    image: ["a.png"],
    system: "s",
  },
  {
    messages: [
      { role: "user", content: [{ type: "image", image: "a.png" }, { type: "text", text: "?" }] },
      { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { a: [1] } } }] },
      { role: "tool", content: "7", tool_call_id: "c" },
    ],
    tools: [{ name: "f", parameters: { type: "object" } }],
  },
  {
    query: "<image>",
    response: "!",
    history: [["?", "!"]],
    images: ["a.png"],
    objects: { bbox: [[1, 2, 3, 4]] },
  },
  { instruction: "?", input: "x", output: "!", images: [{ path: "a.png" }] },
  { prompt: [{ role: "user", content: "?" }], completion: [{ role: "assistant", content: "!" }] },
  { texts: [{ user: "?", assistant: "!" }], images: [{ bytes: [1], path: "a.png" }] },
  {
    conversations: [{ from: "human", value: "<video>" }, { from: "gpt", value: "!" }],
    videos: [{ frames: ["a.png", "a.png"], fps: 2 }],
    fps: 1,
  },
];

/**
 * Returns the JSON of a record that is no sample, or one by chance: one that formats take, with some of its
 * places changed. Now and then its text is none that JSON has: Python's NaN, long numbers, deep lists.
 */
export function hostileRecord(draw: Draw): string {
  const record = structuredClone(oneOf(draw, WHOLE)) as Tree;
  for (let left = draw(5); left > 0; left--) change(record, draw);
  const text = JSON.stringify(record);
  switch (draw(12)) {
    case 0:
      return text.replace(/\d+/, oneOf(draw, ["NaN", "-Infinity", "1".repeat(30), "1e999", "-0"]));
    case 1: {
      const depth = oneOf(draw, [10, 1000, 20_000]);
      return text.replace(/"(?:\?|x|!)"/, "[".repeat(depth) + "]".repeat(depth));
    }
    default:
      return text;
  }
}

/** Changes a place of a tree: a value, a field more or less, or a part of the tree elsewhere. */
function change(tree: Tree, draw: Draw): void {
  const node = oneOf(draw, nodesIn(tree)) as Record<string, unknown>, keys = Object.keys(node);
  const key = keys.length > 0 ? oneOf(draw, keys) : oneOf(draw, NAMES);
  switch (draw(4)) {
    case 0:
      if (Array.isArray(node)) node.splice(Number(key) || 0, 1);
      else delete node[key];
      return;
    case 1:
      return put(node, Array.isArray(node) ? `${node.length}` : oneOf(draw, NAMES), oneOf(draw, VALUES));
    case 2:
      return put(node, key, oneOf(draw, nodesIn(tree)));
    default:
      return put(node, key, oneOf(draw, VALUES));
  }
}

/** Sets a field of any name, `__proto__` too. */
function put(node: object, name: string, value: unknown): void {
  if (Array.isArray(node) && !/^\d+$/.test(name)) return;
  const options = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(node, name, { ...options, value: structuredClone(value) });
}

import { Buffer } from "node:buffer";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { fixtureBytes } from "../pictures/fixtures.ts";
import { syntheticPicture } from "../pictures/synthetic.ts";
import type { LoadKind, LoadRequest } from "./load.ts";
import { dataUri, imageMessage, jsonPost } from "./served.ts";
import { tensorsIn } from "./tensors_in.ts";

/** Pictures of many sizes, some of which are asked for again and again. */
export async function loadPictures(): Promise<Uint8Array[]> {
  const files = ["rgb-420.jpg", "rgba.png", "lossless.webp", "rgb-lzw.tif"];
  const sizes = [[40, 900], [300, 200], [640, 480], [1200, 90], [800, 600], [64, 64], [1920, 1080], [33, 47]];
  const drawn = sizes.map(([w, h]) => encodePng(w, h, syntheticPicture({ kind: "stripe", w, h }).data));
  return [...await Promise.all(files.map(fixtureBytes)), ...await Promise.all(drawn)];
}

/** Returns a request that is to be answered well. */
function fine(body: unknown): LoadRequest {
  return { init: jsonPost(body), problem: (status) => status === 200 ? undefined : `status ${status}` };
}

/** Requests for plans: of sizes, and of two pictures' headers. */
export function planKinds(pictures: readonly Uint8Array[]): LoadKind[] {
  const uris = pictures.map(dataUri);
  return [
    {
      name: "plan of sizes",
      weight: 40,
      path: "/plan",
      request: (draw) =>
        fine({ sizes: [1, 2].map(() => ({ width: 30 + draw(4000), height: 30 + draw(3000) })) }),
    },
    {
      name: "plan of pictures",
      weight: 30,
      path: "/plan",
      request: (draw) => fine({ messages: [imageMessage(...[1, 2].map(() => uris[draw(uris.length)]))] }),
    },
  ];
}

/** Requests for tensors, whose bytes are held to those of `engine.run`. */
export async function tensorKind(
  pictures: readonly Uint8Array[],
  recipe: Recipe,
  engine: Engine,
): Promise<LoadKind> {
  const bodies = pictures.map((picture) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify({ messages: [imageMessage(dataUri(picture))] })),
  }));
  const right = await Promise.all(pictures.map(async (picture) => {
    return await (await engine.run(recipe, [picture])).pixelValues.bytes();
  }));
  return {
    name: "tensors",
    weight: 29,
    path: "/preprocess",
    request(draw) {
      const index = draw(bodies.length);
      return {
        init: bodies[index],
        problem: (status, body) => tensorProblem(status, body, right[index]),
      };
    },
  };
}

function tensorProblem(
  status: number,
  body: Uint8Array<ArrayBuffer>,
  right: Uint8Array,
): string | undefined {
  if (status !== 200) return `status ${status}`;
  const { bytes } = tensorsIn(body).pixel_values;
  return Buffer.compare(right, bytes) === 0 ? undefined : "other bytes than engine.run's";
}

/** A clip of a million frames. */
const CLIP = { frames: 1e6, width: 56, height: 28, fps: 24 };

/** Bodies that no service should answer, and not fall over. */
const HOSTILE: readonly ((uri: string) => RequestInit)[] = [
  () => jsonPost("{"),
  () => jsonPost("[".repeat(100_000)),
  () => jsonPost(`{"tools":[${"{},".repeat(500_000)}{}]}`),
  () => jsonPost({ messages: [{ role: "user", content: [{ type: "video", video: CLIP }] }] }),
  () => jsonPost({ messages: [imageMessage("/etc/passwd")] }),
  () => jsonPost({ messages: [imageMessage("data:image/png;base64,AAAA")] }),
  (uri) => jsonPost({ messages: [imageMessage(uri.slice(0, uri.length / 2 & ~3))] }),
  () => jsonPost({ messages: [{ role: "user", content: { __proto__: null, length: -1 } }] }),
  () => ({ method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--y" }),
  () => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array(5000).fill(255),
  }),
];

/** One request in a hundred that is hostile. */
export function hostileKind(pictures: readonly Uint8Array[]): LoadKind {
  const uri = dataUri(pictures[0]);
  return {
    name: "hostile bodies",
    weight: 1,
    path: "/preprocess",
    request: (draw) => ({ init: HOSTILE[draw(HOSTILE.length)](uri), problem: refusalProblem }),
  };
}

/** Says what is wrong with the answer to a hostile body. */
function refusalProblem(status: number, body: Uint8Array): string | undefined {
  if (status < 400 || status > 499) return `status ${status}`;
  const { error } = JSON.parse(new TextDecoder().decode(body));
  const isPlain = typeof error.code === "string" && !/\n|\bat .*\.ts:/.test(error.message);
  return isPlain ? undefined : `the error ${JSON.stringify(error)}`;
}

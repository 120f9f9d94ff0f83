/** Bodies of requests with places and bytes changed, as JSON and in parts, for plans and for tensors. */

import { Engine } from "../../../src/engine/engine.ts";
import { oneOf } from "../../support/fuzz/draws.ts";
import { mutatedJson } from "../../support/fuzz/mutated_json.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";
import { damagedCopy } from "../../support/pictures/mutations.ts";
import {
  dataUri,
  imageMessage,
  LocalService,
  PICTURES_ALONE,
  WITH_TEXTS,
} from "../../support/serve/served.ts";
import type { FuzzRow } from "../fuzz_row.ts";

/** The longest message of an error, in characters. */
const LINE = 1500;

export async function open(): Promise<FuzzRow> {
  const pictures = await Promise.all(["rgb-420.jpg", "rgba.png"].map(fixtureBytes));
  const engine = await Engine.open({ executor: "simd", lanes: 0, cache: "16MiB" });
  const options = { batchWait: 0, limits: { maxPixels: 2 ** 22 } };
  const services = [PICTURES_ALONE, WITH_TEXTS].map((model) => new LocalService(model, engine, options));
  const talk = [{ role: "system", content: "s" }, imageMessage(...pictures.map(dataUri))];
  const bodies = [
    { messages: talk },
    { messages: [...talk, { role: "user", content: [{ type: "image", image: { width: 50, height: 90 } }] }] },
    {
      messages: [{
        role: "user",
        content: [{ type: "video", video: { frames: 4, width: 56, height: 28, fps: 2 } }],
      }],
    },
    { messages: talk, tools: [{ type: "function", function: { name: "f" } }], generation_prompt: true },
    { sizes: [{ width: 50, height: 90 }, { width: 1000, height: 3 }], hash: false },
    { messages: [imageMessage("part:a", "part:b")] },
  ];
  return {
    input(draw) {
      return { bytes: mutatedJson(oneOf(draw, bodies), draw), ending: "json" };
    },
    async attack({ bytes }) {
      const form = new FormData();
      form.append("request", new Blob([bytes as BlobPart]));
      form.append("a", new Blob([damagedCopy(pictures[0], bytes.length) as BlobPart]));
      form.append("b", new Blob([pictures[1] as BlobPart]));
      const json = { headers: { "content-type": "application/json" }, body: bytes as BodyInit };
      for (const [index, service] of services.entries()) {
        for (const path of ["/plan", "/preprocess"]) {
          for (const init of [json, { body: form }]) {
            const { status, json } = await service.ask(path, { method: "POST", ...init });
            const wrong = wrongAnswer(status, json);
            if (wrong !== undefined) return `${path} of service ${index + 1} answers ${wrong}`;
          }
        }
        const { status } = await service.ask("/healthz");
        if (status !== 200) return `service ${index + 1} is not well: ${status}`;
      }
    },
    async close() {
      await engine[Symbol.asyncDispose]();
    },
  };
}

/** Says what is wrong with an answer: it is a good one, or the client's fault in one line. */
function wrongAnswer(
  status: number,
  json?: { error?: { code: unknown; message: unknown } },
): string | undefined {
  if (status === 200) return undefined;
  const { code, message } = json?.error ?? {};
  const isLine = typeof message === "string" && message.length <= LINE &&
    !/\n|\bat .*\.ts:|\bbug\b/.test(message);
  if (status >= 400 && status < 500 && typeof code === "string" && isLine) return undefined;
  return `${status}: ${JSON.stringify(json)}`;
}

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { responseOf } from "../../src/serve/answers/answer.ts";
import { requireSmallJson } from "../../src/serve/bodies/json_outline.ts";
import { Service } from "../../src/serve/service.ts";
import { serve } from "../../src/serve/server.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";
import { dataUri, imageMessage, LocalService, PICTURES_ALONE, WITH_TEXTS } from "../support/serve/served.ts";

const engine = await Engine.open({ executor: "reference" });
const png = await fixtureBytes("rgba.png");

/** A message with a clip of which the count and rate are given. */
function clipMessage(frames: number, fps?: number) {
  return { role: "user", content: [{ type: "video", video: { frames, width: 56, height: 28, fps } }] };
}

/** Bodies that would keep all others waiting, with the answers that refuse them at once. */
const LONG: [what: string, body: unknown, status: number, message: string][] = [
  ["clips of more frames than pictures", { messages: [clipMessage(1e5, 24)] }, 422, "--max-pictures"],
  ["clips of more frames than are ever taken", { messages: [clipMessage(1e6, 24)] }, 422, "262144"],
  ["clips of more frames than numbers count", { messages: [clipMessage(2 ** 53 - 1)] }, 413, "frames"],
  ["clips of years", { messages: [clipMessage(64, 1e-9)] }, 413, "lasts more than a day"],
  ["JSON of openings alone", "[".repeat(1e6), 400, "levels"],
  ["JSON of a million values", `{"tools":[${"{},".repeat(1e6)}{}]}`, 413, "--max-text"],
];

for (const [what, body, status, message] of LONG) {
  Deno.test(`Service refuses ${what} before they cost time`, async () => {
    const found = await new LocalService(WITH_TEXTS, engine).post("/plan", body);
    assertEquals(found.status, status, JSON.stringify(found.json));
    assertStringIncludes(found.json.error.message, message);
  });
}

Deno.test("Service refuses pictures of more tokens than a text may have", async () => {
  const served = new LocalService(WITH_TEXTS, engine, { limits: { maxTokens: 3 } });
  const ask = (width: number) => served.post("/plan", { messages: [imageMessage(), sized(width)] });
  const sized = (width: number) => ({
    role: "user",
    content: [{ type: "image", image: { width, height: 28 } }],
  });
  assertEquals((await ask(84)).status, 200);
  const { status, json } = await ask(112);
  assertEquals([status, json.error.code], [413, "limit"]);
});

Deno.test("requireSmallJson leaps over texts, whatever is quoted in them", () => {
  const limits = { maxText: 40, maxPictures: 0 }, bytes = (text: string) => new TextEncoder().encode(text);
  for (
    const text of ["[".repeat(100), '"'.repeat(100), "\\".repeat(101), '\\"]['.repeat(20), "ä€😀".repeat(50)]
  ) {
    requireSmallJson(bytes(JSON.stringify({ [text]: [text, 1] })), limits);
  }
  requireSmallJson(bytes('{"a'), limits);
  let message = "";
  try {
    requireSmallJson(bytes(JSON.stringify({ "\\": Array(20).fill(1) })), limits);
  } catch (error) {
    message = String(error);
  }
  assertStringIncludes(message, "outside its texts");
});

Deno.test("Service answers heads that make no URL", async () => {
  await using simd = await Engine.open({ executor: "reference" });
  const failures: unknown[] = [];
  const service = new Service(PICTURES_ALONE, simd, { onFailure: (error) => failures.push(error) });
  const server = serve(service, "127.0.0.1", 0);
  for (const host of ["a b", "[", "a:99999"]) {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(server.url).port) });
    const head = `GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
    await new Blob([head]).stream().pipeTo(client.writable, { preventClose: true });
    const answer = await new Response(client.readable).text();
    assertStringIncludes(answer.slice(0, 20), " 400 ", `${host}: ${answer}`);
  }
  await server.stop(0);
  assertEquals(failures, []);
});

Deno.test("Service has an answer in flight until its last byte has gone", async () => {
  const { service } = new LocalService(WITH_TEXTS, engine, { limits: { timeout: 60_000 } });
  const request = (path: string, body?: unknown) =>
    new Request(`http://127.0.0.1${path}`, body ? { ...post, body: JSON.stringify(body) } : {});
  const post = { method: "POST", headers: { "content-type": "application/json" } };
  const inFlight = async () => {
    const text = await (await service.answer(request("/metrics"))).text();
    return Number(/vitrail_in_flight_requests (\d+)/.exec(text)![1]) - 1; // this one
  };
  const long = { messages: [{ role: "user", content: "a".repeat(20_000) }] };
  const [read, given] = await Promise.all([1, 2].map(() => service.answer(request("/plan", long))));
  assertEquals(await inFlight(), 2);
  assertEquals(JSON.parse(await read.text()).input_ids[0].length > 20_000, true);
  assertEquals(await inFlight(), 1);
  await given.body!.cancel();
  assertEquals(await inFlight(), 0);
});

Deno.test("responseOf ends a body whose pieces fail, and tells of it", async () => {
  const told: unknown[] = [];
  let ends = 0, returns = 0;
  async function* failing(fails: boolean) {
    try {
      yield new Uint8Array(2 ** 20 + 1);
      if (fails) throw new RangeError("no more");
    } finally {
      returns++;
    }
  }
  const end = { onEnd: () => ends++, onFailure: (error: unknown) => told.push(String(error)) };
  const ending = new AbortController(), type = "text/plain";
  const failed = responseOf({ type, body: failing(true) }, ending.signal, end);
  assertStringIncludes(await failed.text().catch(String), "no more");
  assertEquals([told, ends, returns], [["RangeError: no more"], 1, 1]);
  const reader = responseOf({ type, body: failing(false) }, ending.signal, end).body!.getReader();
  assertEquals((await reader.read()).value!.length, 2 ** 20);
  ending.abort(new Error("over"));
  assertStringIncludes(String(await reader.read().catch(String)), "over");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([told.length, ends, returns], [1, 2, 2]);
});

Deno.test("Service fails the one request whose picture fails in a way of its own", async () => {
  await using simd = await Engine.open({ executor: "simd", lanes: 0 });
  const { runPlan } = simd, odd = await fixtureBytes("lossless.webp"), failures: unknown[] = [];
  simd.runPlan = async function (plan, pictures, ...others) { // no picture that is known fails so
    const sizes = pictures.map((picture) => (picture as Uint8Array).length);
    if (sizes.includes(odd.length)) throw new RangeError("odd");
    return await runPlan.call(simd, plan, pictures, ...others);
  };
  const onFailure = (error: unknown) => failures.push(error);
  const served = new LocalService(PICTURES_ALONE, simd, { batchWait: 20, batchPictures: 9, onFailure });
  const answers = await Promise.all([png, odd, png].map((picture) => {
    return served.post("/preprocess", { messages: [imageMessage(dataUri(picture))] });
  }));
  assertEquals(answers.map(({ status }) => status), [200, 500, 200]);
  assertEquals(failures.map(String), ["RangeError: odd"]);
});

Deno.test("Service fetches no more bytes for a request than a body may have", async () => {
  await using pictures = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    return new Response(png as BodyInit);
  });
  const host = `127.0.0.1:${(pictures.addr as Deno.NetAddr).port}`, limits = { maxBody: png.length * 2 + 9 };
  const served = new LocalService(PICTURES_ALONE, engine, { hosts: [host], limits });
  const ask = (count: number) =>
    served.post("/plan", { messages: [imageMessage(...Array(count).fill(`http://${host}/a.png`))] });
  assertEquals((await ask(2)).status, 200);
  const answers = await Promise.all([ask(3), ask(2), ask(2)]);
  assertEquals(answers.map(({ status }) => status), [413, 200, 200]);
  assert(/has more than \d+ bytes/.test(answers[0].json.error.message));
});

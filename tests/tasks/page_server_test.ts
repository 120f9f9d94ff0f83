import { assertEquals, assertStringIncludes } from "@std/assert";
import { PAGE_POLICY, servePage } from "../../src/tasks/page/page_server.ts";

/** Asks a server for a path, under any host's name, and returns the head of its answer and its body. */
async function asked(port: number, request: string, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(
    new TextEncoder().encode(`${request} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  return await new Response(connection.readable).text();
}

Deno.test("servePage gives its files with the policy, to pages of this machine alone", async () => {
  const file = { bytes: new TextEncoder().encode("<p>so"), type: "text/html" };
  await using server = servePage(new Map([["/", file]]), 0);
  const { port, hostname } = new URL(server.url);
  assertEquals(hostname, "127.0.0.1");
  const found = await asked(Number(port), "GET /", `127.0.0.1:${port}`);
  assertStringIncludes(found, "200 OK");
  assertStringIncludes(found, `content-security-policy: ${PAGE_POLICY}\r\n`);
  assertStringIncludes(found, "<p>so");
  const refusals = [
    await asked(Number(port), "GET /", `elsewhere.example:${port}`),
    await asked(Number(port), "POST /", `127.0.0.1:${port}`),
    await asked(Number(port), "GET /../deno.json", `127.0.0.1:${port}`),
  ];
  assertEquals(refusals.map((answer) => answer.slice(9, 12)), ["403", "405", "404"]);
});

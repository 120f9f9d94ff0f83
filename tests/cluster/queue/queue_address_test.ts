import { assertEquals, assertThrows } from "@std/assert";
import { queueAddress, withoutPassword } from "../../../src/cluster/queue/queue_address.ts";
import { VitrailError } from "../../../src/errors.ts";

Deno.test("queueAddress reads server, user and password", () => {
  assertEquals(queueAddress("nats://h"), { server: "nats://h:4222", tls: false });
  assertEquals(queueAddress("tls://[::1]:5000/", "a.creds"), {
    server: "tls://[::1]:5000",
    tls: true,
    credentials: "a.creds",
  });
  const { user, password, server } = queueAddress("nats://me:p%40ss@h:1");
  assertEquals([user, password, server], ["me", "p@ss", "nats://h:1"]);
});

Deno.test("queueAddress refuses what is no address of NATS, and shows no password", () => {
  for (const text of ["h:4222", "http://h", "nats://", "nats://me:secret@h/path", "nats://me:secret@h?x=1"]) {
    const { message } = assertThrows(
      () => queueAddress(text),
      VitrailError,
      "--queue is an address such as nats://",
    );
    assertEquals(message.includes("secret"), false, message);
  }
});

Deno.test("withoutPassword leaves all else as it is", () => {
  assertEquals(withoutPassword("--queue=nats://me:secret@h:1"), "--queue=nats://me:...@h:1");
  for (const text of ["nats://h:4222", "nats://me@h", "a@b.json"]) assertEquals(withoutPassword(text), text);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { VitrailError } from "../../src/errors.ts";
import { Arena } from "../../src/simd/arena.ts";

const PAGE = 1 << 16;

Deno.test("Arena takes blocks that never overlap, whatever was given back before", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5000 })), { maxLength: 60 });
  fc.assert(fc.property(steps, (list) => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 16 * PAGE);
    const blocks: { address: number; bytes: number }[] = [];
    for (const [take, bytes] of list) {
      if (take || blocks.length === 0) {
        const address = arena.take(bytes);
        assertEquals(address % 16, 0);
        assert(address + bytes <= arena.bytes.length);
        for (const other of blocks) {
          assert(address + bytes <= other.address || address >= other.address + other.bytes);
        }
        blocks.push({ address, bytes });
      } else arena.give(blocks.splice(bytes % blocks.length, 1)[0].address);
    }
    for (const { address } of blocks) arena.give(address);
    const all = arena.bytes.length - 16 - 32; // without what lies before the first block and behind the last
    assertEquals(arena.take(all - 16 - all % 16), 16); // given back, everything is one gap again
  }));
});

Deno.test("Arena grows its memory, keeps what stands in it, and refuses more than its limit", () => {
  const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 4 * PAGE);
  const first = arena.take(1000);
  arena.bytes.fill(7, first, first + 1000);
  const second = arena.take(2 * PAGE);
  assert(arena.bytes.length > 2 * PAGE);
  assertEquals(arena.bytes.subarray(first, first + 1000), new Uint8Array(1000).fill(7));
  const error = assertThrows(() => arena.take(4 * PAGE), VitrailError, "does not fit");
  assertEquals(error.code, "limit");
  arena.give(second);
  assertEquals(arena.take(2 * PAGE), second);
});

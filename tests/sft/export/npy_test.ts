import { npyHead } from "../../../src/sft/export/npy.ts";
import { python, withPython } from "../../support/python.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";
import { join } from "node:path";

await withPython("npyHead makes files that NumPy reads", () =>
  inFolder(async (folder) => {
    const long = [...Array(29).fill(1), 2, 3];
    const files = [
      { head: npyHead("F32", [2, 1]), data: Float32Array.of(0.5, -1.5) },
      { head: npyHead("F16", []), data: Uint16Array.of(0x3c00) },
      { head: npyHead("BF16", [1]), data: Uint16Array.of(0x3f80) },
      { head: npyHead("U8", [0, 3]), data: Uint8Array.of() },
      { head: npyHead("I32", long), data: Int32Array.of(1, 2, 3, 4, 5, 6) },
      { head: npyHead("I64", [2]), data: BigInt64Array.of(-1n, 2n ** 40n) },
      { head: npyHead("BOOL", [2]), data: Uint8Array.of(1, 0) },
    ];
    for (const [index, { head, data }] of files.entries()) {
      assertEquals(head.length % 64, 0);
      await Deno.writeFile(
        join(folder, `${index}.npy`),
        new Uint8Array([...head, ...new Uint8Array(data.buffer)]),
      );
    }
    const program = `
import json, sys
import numpy as np
arrays = [np.load(f"{sys.argv[1]}/{index}.npy") for index in range(${files.length})]
print(json.dumps([[array.dtype.str, array.shape, array.tolist()] for array in arrays]))`;
    const nested = long.slice(0, 29).reduce<unknown>((inner) => [inner], [[1, 2, 3], [4, 5, 6]]);
    assertEquals(JSON.parse(await python(program, folder)), [
      ["<f4", [2, 1], [[0.5], [-1.5]]],
      ["<f2", [], 1],
      ["<u2", [1], [0x3f80]],
      ["|u1", [0, 3], []],
      ["<i4", long, nested],
      ["<i8", [2], [-1, 2 ** 40]],
      ["|b1", [2], [true, false]],
    ]);
  }));

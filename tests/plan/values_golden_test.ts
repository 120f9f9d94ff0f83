import { type Rgb, torchvisionValues, valueTable } from "../../src/plan/tables/values.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";

/** The values that torchvision makes of every byte, by channel. */
interface Table {
  mean: Rgb;
  std: Rgb;
  /** 256 f32 a channel, each as eight hex digits of its little-endian bytes. */
  f32_bits_hex_RGB_0_to_255: [string, string, string];
}

const { meta: _, ...tables } = golden<Record<string, Table>>("lut");

Deno.test("valueTable gives torchvision's values, every bit", async () => {
  await checkCalls("lut", Object.entries(tables), ([label, { mean, std, f32_bits_hex_RGB_0_to_255 }]) => {
    const expected = new Float32Array(Uint8Array.fromHex(f32_bits_hex_RGB_0_to_255.join("")).buffer);
    assertSameBytes(valueTable(torchvisionValues(mean, std)), expected, { label, shape: [3, 256] });
  });
});

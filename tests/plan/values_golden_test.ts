import { assertEquals } from "@std/assert";
import { type Rgb, torchvisionValues, valueTable } from "../../src/plan/tables/values.ts";
import { golden } from "../support/golden/golden.ts";

interface Table {
  mean: Rgb;
  std: Rgb;
  sha256: string;
  f32_bits_hex_RGB_0_to_255: [string, string, string];
}

const { meta: _, ...tables } = golden<Record<string, Table>>("lut");

for (const [name, { mean, std, f32_bits_hex_RGB_0_to_255 }] of Object.entries(tables)) {
  Deno.test(`valueTable gives torchvision's bits: ${name}`, () => {
    const bytes = new Uint8Array(valueTable(torchvisionValues(mean, std)).buffer);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    assertEquals(hex, f32_bits_hex_RGB_0_to_255.join(""));
  });
}

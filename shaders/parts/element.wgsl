// Ends the code of kernels that make elements of floats: global.wgsl and pack.wgsl. A float is rounded to
// nearest even by integer operations, since WGSL leaves the rounding of its own conversions open.
//
// Reference twin: src/reference/rounding.ts

const F32 = 0u;
const F16 = 1u;
const BF16 = 2u;
const U8 = 3u;
override FORMAT: u32 = F32;

// The elements of a word, of which the first stands in the lowest bits.
fn perWord() -> u32 {
  return select(select(2u, 4u, FORMAT == U8), 1u, FORMAT == F32);
}

// `bits` without its lowest `drop` bits, rounded to nearest even.
fn roundOff(bits: u32, drop: u32) -> u32 {
  let odd = (bits >> drop) & 1u;
  return (bits + (1u << (drop - 1u)) - 1u + odd) >> drop;
}

// The bits of an f16.
fn half(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) { return sign | 0x7e00u; }
  if (magnitude >= 0x477ff000u) { return sign | 0x7c00u; }
  if (magnitude >= 0x38800000u) { return sign | roundOff(magnitude - 0x38000000u, 13u); }
  let exponent = magnitude >> 23u;
  if (exponent < 102u) { return sign; }
  let mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  return sign | roundOff(mantissa, 126u - exponent);
}

// The bits of a bf16.
fn brain(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 0x40u; }
  return roundOff(bits, 16u);
}

fn elementOf(value: f32) -> u32 {
  if (FORMAT == F16) { return half(value); }
  if (FORMAT == BF16) { return brain(value); }
  if (FORMAT == U8) { return u32(value); }
  return bitcast<u32>(value);
}

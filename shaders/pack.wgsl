// Floats packed into words: two f16 or bf16, or four u8, each rounded to nearest even by integer operations, since WGSL
// leaves the rounding of its own conversions open.
//
//   values  [count] f32
//   words   [ceil(count / per)] u32, the first value in the lowest bits
//
// Grid: x and y over words, WIDTH words a row.
// Reference twin: src/reference/dtype.ts

const F16 = 0u;
const BF16 = 1u;
const U8 = 2u;
override FORMAT: u32 = F16;

struct Params {
  count: u32,
  width: u32, // words that a row of the grid covers
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> words: array<u32>;

// The bits above `drop` of `bits`, rounded to nearest even.
fn roundOff(bits: u32, drop: u32) -> u32 {
  let odd = (bits >> drop) & 1u;
  return (bits + (1u << (drop - 1u)) - 1u + odd) >> drop;
}

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

fn brain(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 0x40u; }
  return roundOff(bits, 16u);
}

fn packed(index: u32) -> u32 {
  if (index >= params.count) { return 0u; }
  let value = values[index];
  if (FORMAT == F16) { return half(value); }
  if (FORMAT == BF16) { return brain(value); }
  return u32(value);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let per = select(2u, 4u, FORMAT == U8);
  let word = id.y * params.width + id.x;
  if (id.x >= params.width || word * per >= params.count) { return; }
  var bits = 0u;
  for (var k = 0u; k < per; k++) { bits |= packed(word * per + k) << (k * (32u / per)); }
  words[word] = bits;
}

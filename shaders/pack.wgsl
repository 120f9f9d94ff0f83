// Packs floats into words: two f16 or bf16, or four u8. It serves global views, canvases of floats, and
// outputs some of whose words hold elements of two runs or of two rows.
//
//   floats  [words] u32   for each job: the bits of `count` f32; for u8 they are whole, 0 to 255
//   packed  [words] u32   and as many elements, the first of a word in its lowest bits
//
// A float is rounded to nearest even by integer operations, since WGSL leaves the rounding of its own
// conversions open.
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 64 words.
// Reference twin: src/reference/rounding.ts

const F16 = 1u;
const BF16 = 2u;
const U8 = 3u;
override FORMAT: u32 = F16;

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  floats: u32, // word of the first float
  packed: u32, // word of the first elements
  count: u32,  // floats
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var<storage, read> floats: array<u32>;
@group(0) @binding(2) var<storage, read_write> packed: array<u32>;

// `bits` without its lowest `drop` bits, rounded to nearest even.
fn roundOff(bits: u32, drop: u32) -> u32 {
  let odd = (bits >> drop) & 1u;
  return (bits + (1u << (drop - 1u)) - 1u + odd) >> drop;
}

// Returns the bits of the f16 nearest to a float, of which `bits` are those.
fn half(bits: u32) -> u32 {
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) { return sign | 0x7e00u; } // NaN
  if (magnitude >= 0x477ff000u) { return sign | 0x7c00u; } // 65520 and more: infinity
  if (magnitude >= 0x38800000u) { return sign | roundOff(magnitude - 0x38000000u, 13u); } // 2⁻¹⁴ and more
  let exponent = magnitude >> 23u;
  if (exponent < 102u) { return sign; } // below 2⁻²⁵: 0
  let mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  return sign | roundOff(mantissa, 126u - exponent);
}

// Likewise of the nearest bf16.
fn brain(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 0x40u; } // NaN
  return roundOff(bits, 16u);
}

fn elementOf(bits: u32) -> u32 {
  if (FORMAT == F16) { return half(bits); }
  if (FORMAT == BF16) { return brain(bits); }
  return u32(bitcast<f32>(bits));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let per = select(2u, 4u, FORMAT == U8);
  let first = (group * 64u + lane) * per;
  if (first >= job.count) { return; }
  var word = 0u;
  for (var k = 0u; k < min(per, job.count - first); k++) {
    word |= elementOf(floats[job.floats + first + k]) << (k * (32u / per));
  }
  packed[job.packed + first / per] = word;
}

// Weighs pixels along lines, in floats: sums of products, each rounded as the reference rounds it. So
// torchvision resamples on a GPU, and so canvases of floats and global views are made.
//
//     pixels ──ACROSS──▶ lines of floats ──down──▶ canvases of floats or bytes, and global views
//
//   tables  r32uint, 4096 texels wide
//           taps    [columns, 2 + 2 · tapsWidth]: for each column the count of its taps, the count of the
//                   first ones whose products are rounded before they are added, and each tap's pixel, weight
//           values  [3, 256] f32: what a byte is, by channel
//   pixels  [words] u32   found by two steps, as in horizontal.wgsl
//   lines   [words] u32   for each job: [lineCount, columns, 3] f32; of a last pass [3, lineCount, columns]
//
// Grid: that of horizontal.wgsl. An invocation makes one column of four lines: components of its vectors.
// Reference twin: src/reference/resample_floats.ts and, of global views, src/reference/global_view.ts

override FUSES: bool = false; // the device's `fma` rounds once

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  pixels: u32,      // the byte of the pixel 0 of the first line
  stepX: u32, stepY: u32, // bytes from a pixel to the next one of its line, and from a line to the next one
  taps: u32, tapsWidth: u32, // word in `tables` of the first column's, and the taps that each has room for
  columns: u32, lineCount: u32, // that are made
  lines: u32,       // word of the first line
  stepPixel: u32, stepChannel: u32, // words of `lines` from a pixel to the next one, and from a channel
  values: u32,      // their first word in `tables`; NO_TABLE where each byte is its own value
  zero: u32,        // 0, which compilers do not know: see `opaque`
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> lines: array<u32>;

const NO_TABLE = 0xffffffffu;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// The word whose lowest bytes are the pixel at a byte. They lie in one word, or in two.
fn pixelAt(byte: u32) -> u32 {
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  let bits = pixels[word] >> shift;
  if (shift <= 8u) { return bits; }
  return bits | (pixels[word + 1u] << (32u - shift));
}

// The values of a channel of pixels.
fn valuesOf(colors: vec4u, channel: u32, table: u32) -> vec4f {
  let bytes = (colors >> vec4u(8u * channel)) & vec4u(255u);
  if (table == NO_TABLE) { return vec4f(bytes); }
  let words = table + 256u * channel + bytes;
  return bitcast<vec4f>(vec4u(tableAt(words.x), tableAt(words.y), tableAt(words.z), tableAt(words.w)));
}

// A number as it is. WGSL lets compilers fuse a product with a sum, and put sums in another order. They do
// not see through this, since the host alone knows that `zero` is 0.
fn opaque(number: vec4f) -> vec4f {
  return bitcast<vec4f>(bitcast<vec4u>(number) ^ vec4u(jobs[0].zero));
}

// `a + b` as two floats, which is exact: the sum as it is rounded, and what it lost by that.
// Source: Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
fn exactSum(a: vec4f, b: vec4f) -> mat2x4f {
  let sum = opaque(a + b);
  let ofB = opaque(sum - a);
  return mat2x4f(sum, opaque(opaque(a - opaque(sum - ofB)) + opaque(b - ofB)));
}

// `a · b + c`, rounded once; where `isRounded`, the product before, too. Without `fma`, what the product and
// the sum lost is added last. It is rounded to odd, which means that its last bit is 1 where it is not exact:
// then the end is rounded as the whole would be. Halves of a mantissa have 12 bits, so that their products
// are exact. (A sum that loses something is at least half as large as the product.)
// Sources: Dekker, "A floating-point technique for extending the available precision", 1971; Boldo and
// Melquiond, "Emulation of FMA and correctly rounded sums", 2008, which adds in another order.
fn summed(a: vec4f, b: vec4f, c: vec4f, isRounded: bool) -> vec4f {
  if (isRounded) { return opaque(opaque(a * b) + c); }
  if (FUSES) { return fma(a, b, c); }
  let product = opaque(a * b);
  let highA = bitcast<vec4f>(bitcast<vec4u>(a) & vec4u(0xfffff000u));
  let highB = bitcast<vec4f>(bitcast<vec4u>(b) & vec4u(0xfffff000u));
  let upper = opaque(opaque(highA * highB - product) + highA * (b - highB));
  let ofProduct = opaque(opaque(upper + (a - highA) * highB) + (a - highA) * (b - highB));
  let sum = exactSum(product, c);
  let lost = exactSum(ofProduct, sum[1]);
  let isBeyond = (lost[0] > vec4f()) != (lost[1] > vec4f()); // it was rounded away from 0
  let odd = bitcast<vec4f>((bitcast<vec4u>(lost[0]) - vec4u(isBeyond)) | vec4u(1u));
  return opaque(sum[0] + select(lost[0], odd, lost[1] != vec4f()));
}

fn setLines(words: vec4u, floats: vec4f) {
  lines[words.x] = bitcast<u32>(floats.x);
  lines[words.y] = bitcast<u32>(floats.y);
  lines[words.z] = bitcast<u32>(floats.z);
  lines[words.w] = bitcast<u32>(floats.w);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 63u) / 64u;
  let column = group % strips * 64u + lane;
  let line = group / strips * 4u;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let taps = job.taps + column * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let roundedCount = tableAt(taps + 1u);
  // Below the last line, components repeat it.
  let ys = min(line + vec4u(0u, 1u, 2u, 3u), vec4u(job.lineCount - 1u));
  var sums: mat3x4f; // of red, green and blue
  for (var k = 0u; k < count; k++) {
    let at = job.pixels + ys * job.stepY + tableAt(taps + 2u + 2u * k) * job.stepX;
    let weight = vec4f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    let colors = vec4u(pixelAt(at.x), pixelAt(at.y), pixelAt(at.z), pixelAt(at.w));
    sums[0] = summed(valuesOf(colors, 0u, job.values), weight, sums[0], k < roundedCount);
    sums[1] = summed(valuesOf(colors, 1u, job.values), weight, sums[1], k < roundedCount);
    sums[2] = summed(valuesOf(colors, 2u, job.values), weight, sums[2], k < roundedCount);
  }
  let to = job.lines + (ys * job.columns + column) * job.stepPixel;
  setLines(to, sums[0]);
  setLines(to + job.stepChannel, sums[1]);
  setLines(to + 2u * job.stepChannel, sums[2]);
}

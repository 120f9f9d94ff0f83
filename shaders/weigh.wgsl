// Weighs floats along one axis: sums of products, of which each is rounded as the reference rounds it. It
// resamples where no byte is made between the passes, and makes global views.
//
//     pixels ──across──▶ lines of floats ──DOWN──▶ canvases of floats or bytes, and global views
//
// Across, bytes become values first. Taps are columns' there, and lines' where DOWN.
//
//   tables  r32uint, 4096 texels wide
//           taps        [outputs, 2 + 2 · tapsWidth]: their count; the count of those, the first ones, whose
//                       products are rounded before they are added; and of each a pixel and the weight's bits
//           values      [3, 256] f32: what a byte is, by channel
//           deviations  [3, 3] f32: three means, three deviations, three inverses of these
//   source  [words] u32   pixels, found as in horizontal.wgsl; DOWN: lines [lineCount, columns, 3] f32
//   made    [words] u32   pixels of three f32, or of packed RGB and 255 above it
//
// Grid: a job has a workgroup for every 64 × 8 columns and lines, as in horizontal.wgsl; DOWN: for every
// 512 × 1, as in vertical.wgsl. An invocation makes eight pixels, which share their taps: each tap is read
// once for all of them.
// Reference twin: src/reference/resample_floats.ts and, of global views, src/reference/global_view.ts

override DOWN: bool = false;
override FUSES: bool = false; // the device's `fma` rounds once

struct Job {
  @align(16) firstGroup: u32,
  source: u32,      // the byte of the pixel 0 of the first line; DOWN: the word of the line 0
  tapStep: u32,     // bytes, or words, from a pixel that is weighed to the next one
  otherStep: u32,   // from a line to the next one; DOWN: from a column
  taps: u32,        // word of the first column's; DOWN: of the first line's
  tapsWidth: u32,
  columns: u32,     // of what is made
  lineCount: u32,
  made: u32,        // word of the first pixel
  stepX: u32,       // words from a pixel to the next one of its line
  stepY: u32,       // words from a line to the next one
  stepChannel: u32, // words from a channel to the next one; 0 where bytes are made
  values: u32,      // word of the table; NO_TABLE where each byte is its own value
  normalised: u32,  // 1 where a mean is subtracted, and the rest divided by a deviation
  deviations: u32,  // word of the table
}

struct Params {
  starts: vec2u,         // the words where the bindings that are read and written begin: jobs count words
                         // of whole buffers
  zero: u32,             // 0, which compilers do not know
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> source: array<u32>;
@group(0) @binding(3) var<storage, read_write> made: array<u32>;

const PIXELS = 8u; // of an invocation
const NO_TABLE = 0xffffffffu;

// The job of a workgroup: the last one that begins with it or before it. Workgroups are counted along x, then
// y, then z. A grid may have more than its jobs take: they are the last job's, and find nothing to do.
fn jobOf(group: u32) -> Job {
  var low = 0u;
  var high = params.count;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (params.jobs[middle].firstGroup <= group) { low = middle; } else { high = middle; }
  }
  return params.jobs[low];
}

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

fn floatsAt(words: vec3u) -> vec3f {
  return bitcast<vec3f>(vec3u(tableAt(words.r), tableAt(words.g), tableAt(words.b)));
}

// The values of the pixel at a byte, or a word.
fn valuesAt(job: Job, at: u32) -> vec3f {
  if (DOWN) { return bitcast<vec3f>(vec3u(source[at], source[at + 1u], source[at + 2u])); }
  let shift = (at & 3u) * 8u;
  var bits = source[at >> 2u] >> shift;
  if (shift > 8u) { bits |= source[(at >> 2u) + 1u] << (32u - shift); } // the pixel lies in two words
  let bytes = (vec3u(bits) >> vec3u(0u, 8u, 16u)) & vec3u(255u);
  if (job.values == NO_TABLE) { return vec3f(bytes); }
  return floatsAt(vec3u(job.values) + vec3u(0u, 256u, 512u) + bytes);
}

// A number as it is. WGSL lets compilers fuse a product with a sum, and put sums in another order; they do
// not see through this one, since the host alone knows that `zero` is 0.
fn opaque(number: vec3f) -> vec3f {
  return bitcast<vec3f>(bitcast<vec3u>(number) ^ vec3u(params.zero));
}

// All that a sum of two floats, rounded, leaves of it: it is a float, too.
// Source: Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
fn leftBySum(a: vec3f, b: vec3f, sum: vec3f) -> vec3f {
  let ofB = opaque(sum - a);
  return opaque(a - opaque(sum - ofB)) + opaque(b - ofB);
}

// Likewise of a product. Halves of a mantissa have 12 bits each, so that products of them are exact.
// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
fn leftByProduct(a: vec3f, b: vec3f, product: vec3f) -> vec3f {
  let highA = bitcast<vec3f>(bitcast<vec3u>(a) & vec3u(0xfffff000u));
  let highB = bitcast<vec3f>(bitcast<vec3u>(b) & vec3u(0xfffff000u));
  let left = opaque(opaque(highA * highB - product) + highA * (b - highB));
  return opaque(left + (a - highA) * highB) + (a - highA) * (b - highB);
}

// `a · b + c`, rounded once. All that the product and two sums leave is added so that its last bit is 1 where
// that is not exact; then the last sum is rounded as the whole would be.
// Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008.
fn fused(a: vec3f, b: vec3f, c: vec3f) -> vec3f {
  if (FUSES) { return fma(a, b, c); }
  let product = opaque(a * b);
  let productLeft = leftByProduct(a, b, product);
  let lower = opaque(c + productLeft);
  let upper = opaque(product + lower);
  let lowerLeft = leftBySum(c, productLeft, lower);
  let upperLeft = leftBySum(product, lower, upper);
  let left = opaque(lowerLeft + upperLeft);
  let lost = leftBySum(lowerLeft, upperLeft, left);
  let isEven = (bitcast<vec3u>(left) & vec3u(1u)) == vec3u();
  let outward = select(vec3u(0xffffffffu), vec3u(1u), (left > vec3f()) == (lost > vec3f()));
  let step = select(vec3u(), outward, isEven & (lost != vec3f()));
  return upper + bitcast<vec3f>(bitcast<vec3u>(left) + step);
}

// `a / b`, rounded to the nearest float, which WGSL's division need not be; `inverse` is nearest to 1 / b.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn quotientOf(a: vec3f, b: vec3f, inverse: vec3f) -> vec3f {
  let near = opaque(a * inverse);
  let nearer = fused(fused(-near, b, a), inverse, near);
  return fused(fused(-nearer, b, a), inverse, nearer);
}

// Writes a pixel: its sums, normalised where that is wanted, as floats or as bytes.
fn write(job: Job, to: u32, sums: vec3f) {
  var floats = sums;
  if (job.normalised == 1u) {
    let words = vec3u(job.deviations) + vec3u(0u, 1u, 2u);
    floats = quotientOf(opaque(sums - floatsAt(words)), floatsAt(words + 3u), floatsAt(words + 6u));
  }
  if (job.stepChannel == 0u) {
    let color = vec3u(clamp(round(floats), vec3f(0.0), vec3f(255.0))); // round takes halves to even
    made[to] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
    return;
  }
  let bits = bitcast<vec3u>(floats);
  made[to] = bits.r;
  made[to + job.stepChannel] = bits.g;
  made[to + 2u * job.stepChannel] = bits.b;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = (id.z * counts.y + id.y) * counts.x + id.x;
  let job = jobOf(group);
  let local = group - job.firstGroup;
  let size = select(vec2u(64u, 8u), vec2u(512u, 1u), DOWN); // columns and lines of a workgroup
  let across = (job.columns + size.x - 1u) / size.x;
  let at = vec2u(local % across, local / across) * size + vec2u(lane, 0u);
  if (at.x >= job.columns || at.y >= job.lineCount) { return; }
  let axes = select(at, at.yx, DOWN); // the place on the axis that is weighed, and on the other one
  let apart = select(1u, 64u, DOWN);  // from a pixel of the invocation to the next one, on the other axis
  let left = select(job.lineCount, job.columns, DOWN) - axes.y; // from its first pixel to the edge
  let kept = min(PIXELS, (left + apart - 1u) / apart);
  let taps = job.taps + axes.x * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let rounded = tableAt(taps + 1u);
  let first = job.source - params.starts.x * select(4u, 1u, DOWN) + axes.y * job.otherStep;
  var sums: array<vec3f, PIXELS>;
  for (var k = 0u; k < count; k++) {
    let start = first + tableAt(taps + 2u + 2u * k) * job.tapStep;
    let weight = vec3f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    for (var p = 0u; p < PIXELS; p++) {
      // Beyond the edge, the last pixel is summed again, and not stored.
      let values = valuesAt(job, start + min(p, kept - 1u) * apart * job.otherStep);
      if (k < rounded) {
        sums[p] += opaque(values * weight);
      } else {
        sums[p] = fused(values, weight, sums[p]);
      }
    }
  }
  let to = job.made - params.starts.y + at.x * job.stepX + at.y * job.stepY;
  let step = apart * select(job.stepY, job.stepX, DOWN);
  for (var p = 0u; p < kept; p++) { write(job, to + p * step, sums[p]); }
}

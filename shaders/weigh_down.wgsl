// Weighs lines of floats down columns: sums of products, each rounded as the reference rounds it. What both
// have is explained in weigh_across.wgsl.
//
//   tables  r32uint, 4096 texels wide
//           taps        [lineCount, 2 + 2 · tapsWidth]: as in weigh_across.wgsl, lines in place of pixels
//           deviations  [3, 3] f32: three means, three deviations, three inverses of these
//   lines   [words] u32   for each job: [.., columns, 3] f32, made by weigh_across.wgsl
//   canvas  [words] u32   canvases, or a global view: three f32 a pixel, or packed RGB and 255 above it
//
// Grid: that of vertical.wgsl. An invocation makes four pixels, 64 columns apart: components of its vectors.
// Reference twin: src/reference/resample_floats.ts and, of global views, src/reference/global_view.ts

override FUSES: bool = false; // the device's `fma` rounds once

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  lines: u32,       // word of the line 0, from which taps are counted; it may lie before the binding
  taps: u32, tapsWidth: u32, // word in `tables` of the first line's, and the taps that each has room for
  columns: u32, lineCount: u32, // that are made
  canvas: u32,      // word of the first pixel
  stepX: u32, stepY: u32, // words from a pixel to the next one of its line, and from a line to the next one
  stepChannel: u32, // words from a channel to the next one; 0 where bytes are made
  deviations: u32,  // their first word in `tables`; NO_TABLE where sums stay as they are
  zero: u32,        // 0, which compilers do not know
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

const NO_TABLE = 0xffffffffu;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

fn linesAt(words: vec4u) -> vec4f {
  return bitcast<vec4f>(vec4u(lines[words.x], lines[words.y], lines[words.z], lines[words.w]));
}

fn setCanvas(words: vec4u, bits: vec4u) {
  canvas[words.x] = bits.x;
  canvas[words.y] = bits.y;
  canvas[words.z] = bits.z;
  canvas[words.w] = bits.w;
}

// A number as it is, which compilers do not know.
fn opaque(number: vec4f) -> vec4f {
  return bitcast<vec4f>(bitcast<vec4u>(number) ^ vec4u(jobs[0].zero));
}

// `a + b` as two floats: the sum as it is rounded, and what it lost by that.
fn exactSum(a: vec4f, b: vec4f) -> mat2x4f {
  let sum = opaque(a + b);
  let ofB = opaque(sum - a);
  return mat2x4f(sum, opaque(opaque(a - opaque(sum - ofB)) + opaque(b - ofB)));
}

// `a · b + c`, rounded once; where `isRounded`, the product before, too.
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

// Sums of a channel, normalised where the job has deviations. The quotient is rounded to the nearest float,
// which WGSL's division need not be.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn normalised(sums: vec4f, channel: u32, deviations: u32) -> vec4f {
  if (deviations == NO_TABLE) { return sums; }
  let word = deviations + channel;
  let fromMean = opaque(sums - bitcast<f32>(tableAt(word)));
  let deviation = vec4f(bitcast<f32>(tableAt(word + 3u)));
  let inverse = vec4f(bitcast<f32>(tableAt(word + 6u))); // the float nearest to 1 / deviation
  let near = opaque(fromMean * inverse);
  let nearer = summed(summed(-near, deviation, fromMean, false), inverse, near, false);
  return summed(summed(-nearer, deviation, fromMean, false), inverse, nearer, false);
}

fn nearest(floats: vec4f) -> vec4u {
  return vec4u(clamp(round(floats), vec4f(0.0), vec4f(255.0))); // bytes; halves go to the even one
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 255u) / 256u;
  let column = group % strips * 256u + lane;
  let line = group / strips;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let taps = job.taps + line * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let roundedCount = tableAt(taps + 1u);
  // Beyond the end of the line, components repeat the last of its pixels.
  let xs = column + 64u * min(vec4u(0u, 1u, 2u, 3u), vec4u((job.columns - 1u - column) / 64u));
  var sums: mat3x4f; // of red, green and blue
  for (var k = 0u; k < count; k++) {
    let at = job.lines + (tableAt(taps + 2u + 2u * k) * job.columns + xs) * 3u;
    let weight = vec4f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    sums[0] = summed(linesAt(at), weight, sums[0], k < roundedCount);
    sums[1] = summed(linesAt(at + 1u), weight, sums[1], k < roundedCount);
    sums[2] = summed(linesAt(at + 2u), weight, sums[2], k < roundedCount);
  }
  let red = normalised(sums[0], 0u, job.deviations);
  let green = normalised(sums[1], 1u, job.deviations);
  let blue = normalised(sums[2], 2u, job.deviations);
  let to = job.canvas + xs * job.stepX + line * job.stepY;
  if (job.stepChannel == 0u) {
    let colors = nearest(red) | (nearest(green) << vec4u(8u)) | (nearest(blue) << vec4u(16u));
    setCanvas(to, colors | vec4u(0xff000000u));
    return;
  }
  setCanvas(to, bitcast<vec4u>(red));
  setCanvas(to + job.stepChannel, bitcast<vec4u>(green));
  setCanvas(to + 2u * job.stepChannel, bitcast<vec4u>(blue));
}

// Global views of normalised canvases: bicubic with a = −0.75, no antialias, by a whole-number scale on each
// axis. On an axis of odd scale an element picks one pixel; of even scale it weighs four, by −3/32, 19/32,
// 19/32 and −3/32.
//
//     scale 3   │ · ● · │ · ● · │ …          an element picks the middle one of its pixels
//     scale 6   │ · ● ● ● ● · │ …            or weighs the middle four
//     scale 2   ● │ ● ● │ ● …                which at this scale reach beyond its own
//
//   canvas  [words] u32                    canvases side by side: pixels of packed RGB
//   tables  r32uint, 4096 texels wide      each byte's normalised value, as bits of f32: [3, 256]
//   values  [3, height, width]             for each job: elements of a view, in whole words
//
// Grid: a job has a workgroup for every 64 words of every line.
// Reference twin: src/reference/global_view.ts

struct Job {
  @align(16) firstGroup: u32,
  canvas: u32,       // word of the first pixel
  canvasWidth: u32,
  canvasHeight: u32,
  width: u32,        // of the view
  height: u32,
  lineFrom: u32,     // the first line that the job makes
  lineCount: u32,
  table: u32,        // word of the values
  values: u32,       // word of the view's first element
  fuses: u32,        // 1 where each product but the second is added before it is rounded
}

struct Params {
  starts: vec3u,         // the words where bindings begin, two at most: jobs count words of whole buffers
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> canvas: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<u32>;

// The job of a workgroup: the last one that begins with it or before it.
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

// The first pixel that element `to` of an axis weighs, and the count of pixels.
fn windowOf(to: u32, scale: u32) -> vec2i {
  if (scale % 2u == 1u) { return vec2i(i32(to * scale + scale / 2u), 1); }
  return vec2i(i32(to * scale + scale / 2u) - 2, 4);
}

// A pixel's values; beyond the canvas those of its edge.
fn sample(job: Job, x: i32, y: i32) -> vec3f {
  let at = vec2u(clamp(vec2i(x, y), vec2i(0), vec2i(i32(job.canvasWidth), i32(job.canvasHeight)) - 1));
  let pixel = canvas[job.canvas - params.starts.x + at.y * job.canvasWidth + at.x];
  let own = vec3u(job.table) + vec3u(0u, 256u, 512u) + ((vec3u(pixel) >> vec3u(0u, 8u, 16u)) & vec3u(255u));
  return bitcast<vec3f>(vec3u(tableAt(own.r), tableAt(own.g), tableAt(own.b)));
}

// A sum, and one more sample by the weight of its place, from 0 to 3.
fn plus(job: Job, sum: vec3f, sample: vec3f, place: i32) -> vec3f {
  let weight = select(0.59375, -0.09375, place == 0 || place == 3);
  if (job.fuses == 1u) { return plusFused(sum, sample, weight); }
  return plusRounded(sum, sample, weight);
}

// The place of the sample that is added after `count` others. Where sums are fused, the second is first.
fn added(job: Job, count: i32) -> i32 {
  return select(count, 1 - count, job.fuses == 1u && count < 2);
}

// A line's part in an element: one of its pixels, or four weighed.
fn across(job: Job, window: vec2i, y: i32) -> vec3f {
  if (window.y == 1) { return sample(job, window.x, y); }
  var sum: vec3f;
  for (var k = 0; k < 4; k++) {
    let place = added(job, k);
    sum = plus(job, sum, sample(job, window.x + place, y), place);
  }
  return sum;
}

fn valueAt(job: Job, column: u32, line: u32) -> vec3f {
  let x = windowOf(column, job.canvasWidth / job.width);
  let y = windowOf(line, job.canvasHeight / job.height);
  if (y.y == 1) { return across(job, x, y.x); }
  var sum: vec3f;
  for (var k = 0; k < 4; k++) {
    let place = added(job, k);
    sum = plus(job, sum, across(job, x, y.x + place), place);
  }
  return sum;
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
  let per = perWord();
  let words = job.width / per;
  let strips = (words + 63u) / 64u;
  let word = local % strips * 64u + lane;
  let line = local / strips;
  if (word >= words || line >= job.lineCount) { return; }
  var made: vec3u;
  for (var k = 0u; k < per; k++) {
    let value = valueAt(job, word * per + k, job.lineFrom + line);
    made |= vec3u(elementOf(value.r), elementOf(value.g), elementOf(value.b)) << vec3u(k * (32u / per));
  }
  let plane = words * job.height;
  let to = job.values - params.starts.y + (job.lineFrom + line) * words + word;
  values[to] = made.r;
  values[to + plane] = made.g;
  values[to + 2u * plane] = made.b;
}

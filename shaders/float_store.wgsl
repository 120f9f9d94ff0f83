// Writes the rows of an output of f32 from canvases of floats, which it normalises where they are to be.
// Before each row there may be two elements: its patch's line and column on the grid, counted from 1.
//
//   tables  r32uint, 4096 texels wide      runs and columns, as in store.wgsl; and bits of f32: the mean, the
//                                          deviation and its inverse [3, 3], by channel
//   canvas  [words] f32                    canvases side by side: three f32 a pixel
//   values  [elements] f32                 the output
//
// Grid: a job has a workgroup for every 512 elements of every run.
// Reference twin: src/reference/standard_planes.ts and src/reference/float_canvas.ts

struct Job {
  @align(16) firstGroup: u32,
  canvas: u32,     // word of the first pixel
  area: u32,       // pixels of the canvas
  runs: u32,       // word of the first run's
  runCount: u32,
  columns: u32,    // word of the table
  longest: u32,    // elements of the longest run
  values: u32,     // word of the element 0 of the view's rows
  normalised: u32, // 1 where a mean is subtracted, and the rest divided by a deviation
  deviations: u32, // word of the mean
  places: u32,     // columns of the grid of patches; 0 where rows have no place before them
  rowLength: u32,  // elements of a row, its place left out
}

struct Params {
  starts: vec3u,         // the words where bindings begin, two at most: jobs count words of whole buffers
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> canvas: array<f32>;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;

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

// `a / b`, rounded to nearest even, which WGSL's division need not be. `inverse` is the float nearest to
// 1 / b, and what each estimate leaves of `a` corrects it.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn quotient(a: f32, b: f32, inverse: f32) -> f32 {
  let near = a * inverse;
  let nearer = fused(fused(-near, b, a), inverse, near);
  return fused(fused(-nearer, b, a), inverse, nearer);
}

// The element that comes from a place of the tensor `[channel, y, x]`.
fn elementFrom(job: Job, place: u32) -> f32 {
  let channel = u32(place >= job.area) + u32(place >= 2u * job.area);
  let value = canvas[job.canvas - params.starts.x + (place - channel * job.area) * 3u + channel];
  if (job.normalised == 0u) { return value; }
  let own = job.deviations + channel;
  let mean = bitcast<f32>(tableAt(own));
  return quotient(value - mean, bitcast<f32>(tableAt(own + 3u)), bitcast<f32>(tableAt(own + 6u)));
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
  let strips = (job.longest + 511u) / 512u; // of a run
  let run = local / strips;
  if (run >= job.runCount) { return; }
  let runs = job.runs + run * 3u;
  let source = tableAt(runs);
  let start = tableAt(runs + 1u);
  var to = job.values - params.starts.y + start;
  let first = local % strips * 512u;
  if (job.places > 0u) {
    let row = start / job.rowLength;
    to += 2u * (row + 1u);
    if (start % job.rowLength == 0u && first + lane == 0u) {
      values[to - 2u] = f32(row / job.places + 1u);
      values[to - 1u] = f32(row % job.places + 1u);
    }
  }
  for (var k = first + lane; k < min(first + 512u, tableAt(runs + 2u)); k += 64u) {
    values[to + k] = elementFrom(job, source + tableAt(job.columns + k));
  }
}

// Computes sums by the device's own `fma`. The host gives it terms whose sum is another one where the product
// is rounded, too. So the host learns whether the device rounds once.
//
//   terms  [count, 3] f32   factor, factor, summand
//   sums   [count] f32
//
// Grid: x over sums.
// Reference twin: src/plan/tables/fused.ts

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> terms: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.count) { return; }
  let at = id.x * 3u;
  sums[id.x] = fma(terms[at], terms[at + 1u], terms[at + 2u]);
}

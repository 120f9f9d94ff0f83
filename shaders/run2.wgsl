// What kernels that end with it move at once: two words.

const RUN = 2u;
alias Run = vec2u;

// The i-th run of a group's words.
fn runOf(words: vec4u, i: u32) -> Run {
  return select(words.xy, words.zw, i == 1u);
}

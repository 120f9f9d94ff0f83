// What kernels that end with it move at once: two words.
//
// Reference twin: src/reference/executor.ts

const RUN = 2u;
alias Run = vec2u;

fn runOf(words: vec4u, i: u32) -> Run {
  return select(words.xy, words.zw, i == 1u);
}

// What kernels that end with it move at once: four words.
//
// Reference twin: src/reference/executor.ts

const RUN = 4u;
alias Run = vec4u;

fn runOf(words: vec4u, i: u32) -> Run {
  return words;
}

import Pbf from "npm:pbf@4.0.2";
import { CHANNELS, LOGITS, PATCH, WEIGHTS } from "./plain_models.ts";

/** The types of the models' elements. */
export type ModelDtype = "f32" | "f16";

/** Returns an encoder of patches: pixels `[n, 3, s, s]` become features `[n, (s / PATCH)², CHANNELS]`. */
export function encoderModel(dtype: ModelDtype): Uint8Array {
  const sides = [PATCH, PATCH];
  return modelOf(
    [
      node("Conv", ["pixels", "weight"], "patches", { strides: sides, kernel_shape: sides }),
      node("Reshape", ["patches", "shape"], "lines"),
      node("Transpose", ["lines"], "features", { perm: [0, 2, 1] }),
    ],
    [
      constant("weight", [CHANNELS, 3, PATCH, PATCH], floats(dtype, WEIGHTS.encoder)),
      constant("shape", [3], BigInt64Array.of(0n, BigInt(CHANNELS), -1n)),
    ],
    value(dtype, "pixels", ["n", 3, "height", "width"]),
    value(dtype, "features", ["n", "patches", CHANNELS]),
  );
}

/** Returns a model of one layer: tokens `[1, total, 4 * CHANNELS]` become logits `[1, total, LOGITS]`. */
export function tokenModel(dtype: ModelDtype): Uint8Array {
  return modelOf(
    [node("MatMul", ["tokens", "weight"], "logits")],
    [constant("weight", [4 * CHANNELS, LOGITS], floats(dtype, WEIGHTS.model))],
    value(dtype, "tokens", [1, "total", 4 * CHANNELS]),
    value(dtype, "logits", [1, "total", LOGITS]),
  );
}

/**
 * A message of ONNX: it writes its fields. Their numbers are those of `onnx/onnx.proto`, named beside them.
 */
type Message = (pbf: Pbf) => void;

/** Writes messages under one number. */
function write(pbf: Pbf, field: number, messages: readonly Message[]): void {
  for (const message of messages) pbf.writeMessage(field, (_, pbf) => message(pbf!), undefined);
}

/** Returns a `ModelProto`. */
function modelOf(nodes: Message[], constants: Message[], input: Message, output: Message): Uint8Array {
  const model = new Pbf();
  model.writeVarintField(1, 8); // ir_version
  write(model, 7, [(graph) => {
    write(graph, 1, nodes); // node
    graph.writeStringField(2, "graph"); // name
    write(graph, 5, constants); // initializer
    write(graph, 11, [input]); // input
    write(graph, 12, [output]); // output
  }]);
  write(model, 8, [(opset) => opset.writeVarintField(2, 17)]); // opset_import: version
  return model.finish();
}

/** Returns a `NodeProto`, whose attributes are lists of whole numbers. */
function node(
  type: string,
  inputs: string[],
  output: string,
  attributes: Record<string, number[]> = {},
): Message {
  return (node) => {
    for (const input of inputs) node.writeStringField(1, input); // input
    node.writeStringField(2, output); // output
    node.writeStringField(4, type); // op_type
    write(
      node,
      5,
      Object.entries(attributes).map(([name, ints]) => (attribute) => { // attribute
        attribute.writeStringField(1, name); // name
        for (const int of ints) attribute.writeVarintField(8, int); // ints
        attribute.writeVarintField(20, 7); // type: INTS
      }),
    );
  };
}

/** The numbers of types, `TensorProto.DataType`. */
const TYPES = { f32: 1, i64: 7, f16: 10 };

/** Returns weights of a type. */
function floats(dtype: ModelDtype, values: Float32Array): Float32Array | Float16Array {
  return dtype === "f32" ? values : Float16Array.from(values);
}

/** Returns a `TensorProto`. */
function constant(name: string, dims: number[], data: Float32Array | Float16Array | BigInt64Array): Message {
  const type = data instanceof BigInt64Array ? "i64" : data instanceof Float32Array ? "f32" : "f16";
  return (tensor) => {
    for (const size of dims) tensor.writeVarintField(1, size); // dims
    tensor.writeVarintField(2, TYPES[type]); // data_type
    tensor.writeStringField(8, name); // name
    tensor.writeBytesField(9, new Uint8Array(data.buffer)); // raw_data
  };
}

/** Returns a `ValueInfoProto`: a tensor's type and shape, whose sizes may be names. */
function value(dtype: ModelDtype, name: string, dims: (number | string)[]): Message {
  const sizes = dims.map((size): Message => (dim) => {
    if (typeof size === "number") dim.writeVarintField(1, size); // dim_value
    else dim.writeStringField(2, size); // dim_param
  });
  return (info) => {
    info.writeStringField(1, name); // name
    write(info, 2, [(type) =>
      // type
      write(type, 1, [(tensor) => { // tensor_type
        tensor.writeVarintField(1, TYPES[dtype]); // elem_type
        write(tensor, 2, [(shape) => write(shape, 1, sizes)]); // shape: dim
      }])]);
  };
}

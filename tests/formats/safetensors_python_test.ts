import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { python, withPython } from "../support/python.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { ALL_DTYPES } from "../support/tensor_samples.ts";

/**
 * Reads a file as the format's description says, with numpy alone, and prints each tensor's dtype, shape and
 * bytes.
 */
const READER = `
import json, struct, sys
import numpy as np
raw = open(sys.argv[1], "rb").read()
(size,) = struct.unpack("<Q", raw[:8])
assert size % 8 == 0 and raw[8:9] == b"{", "header"
header = json.loads(raw[8 : 8 + size])
kinds = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "U8": "u1", "I32": "<i4", "I64": "<i8", "BOOL": "?"}
result = {"metadata": header.pop("__metadata__", {}), "tensors": {}}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    kind = np.dtype(kinds[entry["dtype"]])
    assert begin % kind.itemsize == 0, name
    array = np.frombuffer(raw[8 + size + begin : 8 + size + end], kind).reshape(entry["shape"])
    text = [repr(value) for value in array.reshape(-1).tolist()]
    result["tensors"][name] = [entry["dtype"], list(array.shape), text]
print(json.dumps(result))
`;

/** The values of ALL_DTYPES as Python writes them; bfloat16, which numpy lacks, as its bits. */
const EXPECTED: Record<string, string[]> = {
  "im_mask": ["True", "False", "False", "True", "True"],
  "bytes": ["0", "127", "255"],
  "half": ["1.0", "-2.0", "65504.0"],
  "brain": ["16256", "49152", "32640"],
  "labels": ["-100", "0", "2147483647", "-2147483648"],
  "input_ids": ["-9223372036854775808", "9223372036854775807"],
  "pixel values/äöü": [
    "0.10000000149011612",
    "-0.0",
    "1.401298464324817e-45",
    "3.3999999521443642e+38",
    "-2.5",
    "7.0",
  ],
  "7": ["1.5"],
  "none": [],
};

await withPython("writeSafetensors writes what Python reads", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    await writeSafetensors(path, ALL_DTYPES, { recipe: "ixc25", size: "1680×1008" });
    const { metadata, tensors } = JSON.parse(await python(READER, path));
    assertEquals(metadata, { recipe: "ixc25", size: "1680×1008" });
    const expected = ALL_DTYPES.map(({ name, dtype, shape }) => [name, [dtype, shape, EXPECTED[name]]]);
    assertEquals(tensors, Object.fromEntries(expected));
  }));

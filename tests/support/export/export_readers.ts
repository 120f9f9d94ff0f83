/** Python that reads archives by the rules of webdataset: members with the same base name are a sample. */
export const READ_WEBDATASET = `
import io, json, re, tarfile
import numpy as np
def npy(data): return np.load(io.BytesIO(data))
FIELDS = {"npy": npy, "json": json.loads, "txt": bytes.decode, "index": int}
def webdataset(path):
    samples = {}
    with tarfile.open(path) as archive:
        for member in archive:
            base, field = re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", member.name).groups()
            data = archive.extractfile(member).read()
            samples.setdefault(base, {})[field] = FIELDS[field.split(".")[-1]](data)
    return samples
`;

/**
 * Python that reads shards by the rules of MDS: the offsets of rows at the head, and a row's sizes before its
 * cells; and each column of bytes as the arrays that stand in it.
 * Source: MosaicML Streaming `streaming/base/format/mds/reader.py` and `encodings.py`.
 */
export const READ_MDS = `
import io, json
import numpy as np
TYPES_BY_NUMBER = {8: "u1", 18: "<f2", 33: "<i4", 34: "<f4", 65: "<i8"}
def array(data):
    rank, width = data[1] >> 2, 1 << data[1] % 4
    end = 2 + rank * width
    shape = np.frombuffer(data[2:end], f"<u{width}")
    return np.frombuffer(data[end:], TYPES_BY_NUMBER[data[0]]).reshape(shape)
def number(data): return int(np.frombuffer(data, "<i8")[0])
def npys(data):
    file, found = io.BytesIO(data), []
    while file.tell() < len(data): found.append(np.load(file))
    return found
CELLS = {"int": number, "str": bytes.decode, "json": json.loads, "ndarray": array, "bytes": npys}
def mds(path, entry):
    data = open(path, "rb").read()
    count = int(np.frombuffer(data[:4], "<u4")[0])
    offsets = np.frombuffer(data[4 : 8 + 4 * count], "<u4").tolist()
    own = json.loads(data[8 + 4 * count : offsets[0]])
    assert own == {name: entry[name] for name in own} and offsets[-1] == len(data)
    for begin, end in zip(offsets, offsets[1:]):
        sizes = list(entry["column_sizes"])
        for column, size in enumerate(sizes):
            if size is None:
                sizes[column] = int(np.frombuffer(data[begin : begin + 4], "<u4")[0])
                begin += 4
        row = {}
        for name, encoding, size in zip(entry["column_names"], entry["column_encodings"], sizes):
            row[name] = CELLS[encoding](data[begin : begin + size])
            begin += size
        assert begin == end
        yield row
`;

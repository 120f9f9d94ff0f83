/** Python that shows a value as JSON, each array as `[type, shape, values]`. */
export const SHOW_ARRAYS = `
import json, sys
import numpy as np
def shown(value):
    if isinstance(value, np.ndarray): return [value.dtype.str, list(value.shape), value.tolist()]
    if isinstance(value, dict): return {key: shown(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)): return [shown(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
def show(value): print(json.dumps(shown(value)))
`;

// The module: every kernel by its name.

export { horizontalFloats, narrow, verticalFloats, widen } from "./floats";
export { globalView } from "./global";
export { horizontalRgb, horizontalRgba } from "./horizontal";
export { vertical } from "./vertical";

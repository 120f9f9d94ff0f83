// The module: every kernel by its name.

export { horizontalFloats, verticalFloats } from "./float_sums";
export { lookUp, narrow, planes, scale, widen } from "./floats";
export { globalView } from "./global";
export { horizontalRgb, horizontalRgba } from "./horizontal";
export { storePatches1, storePatches2, storePatches4 } from "./store_patches";
export { vertical } from "./vertical";

/** The readings of ONNX operators that are one of ours, one line each; compositions are in src/io/onnx/read. */

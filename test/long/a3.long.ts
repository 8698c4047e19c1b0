/**
 * A3 on the whole of Fashion-MNIST (DATA, by default where Debian's dataset-fashion-mnist has it): five epochs on node, then the checkpoint
 * predicts the same on every backend. CHECKPOINT=DIR takes one that there is. On two busy cores seven minutes.
 */
process.env["DATA"] ??= "/usr/share/datasets/fashion-mnist";
process.env["EPOCHS"] ??= "5";
process.env["TRAINED_ON"] ??= "node";
process.env["ACCURACY"] ??= "0.85";
process.env["VK_DRIVER_FILES"] ??= "/usr/lib/chromium/vk_swiftshader_icd.json";
await import("../browser/checkpoint.browser.js");

export {};

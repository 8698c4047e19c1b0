/** Fashion-MNIST's names: its classes and its four files. Source: Xiao, Rasul, Vollgraf 2017 (arXiv:1708.07747), table 2. */

export const fashionMnistClassNames = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
] as const;

/** File names without `.gz`; MNIST and its other kin have the same. */
export const idxFileNames = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

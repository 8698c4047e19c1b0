/** Data sets from files and folders, and worker threads, under Node. */
export * from "./index.js";
export { cacheToFile, type CacheFileOptions } from "./node/cache-to-file.js";
export { readCifar10, readCifar100, type Cifar, type Cifar100Options } from "./node/cifar-sets.js";
export { readCsvFile } from "./node/csv-file.js";
export { readFashionMnist, readIdxFile, readMnist, type IdxHalves } from "./node/idx-sets.js";
export { type FolderDataset, type FolderLabel, type FolderOptions, type FromFolder } from "./node/folder-options.js";
export type { Report } from "./node/image-files.js";
export { imagesFromFolder } from "./node/images-from-folder.js";
export { prefetchInWorkers, type WorkerOptions } from "./node/prefetch-in-workers.js";

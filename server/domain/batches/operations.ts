import { cancelBatch } from "./cancel-batch.ts";
import { createBatch } from "./create-batch.ts";
import { getBatch } from "./get-batch.ts";
import { listBatches } from "./list-batches.ts";

export const batchOperations = { create: createBatch, list: listBatches, get: getBatch, cancel: cancelBatch };

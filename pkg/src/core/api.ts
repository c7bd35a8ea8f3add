export { hashFirmware, hashFirmwares, safeHashFirmware, safeHashFirmwares } from "../firmware/index.js";
export * from "./slim-api.js";
export { createTracker, restoreTracker, safeCreateTracker, safeRestoreTracker } from "./tracker.js";

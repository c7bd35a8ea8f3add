/**
 * Builds, validates, decodes and tracks OTA upgrades of Wudun energy-management gateways.
 * The WebAssembly core is inside and loads at first use; nothing needs to be awaited.
 */

export * from "./core/api.js";

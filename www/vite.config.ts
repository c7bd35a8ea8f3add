import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses: the console works under any path.
  base: "./",
  plugins: [react()],
  build: {
    // Browsers that know `light-dark()`, `<dialog>` and OKLCH, so that none of it is rewritten.
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    // The polyfill is an inline script, and inlined assets are data: addresses; the page's CSP allows neither.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Served from the operator's own machine; the WebAssembly core and the MQTT client are needed at once.
    chunkSizeWarningLimit: 2500,
  },
  worker: { format: "es" },
});

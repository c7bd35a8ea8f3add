/** More pages of 64 KiB than these no memory has. */
const MOST = 65_536;
const PAGE = 65_536;

/** The WebAssembly memory of every instance of the core made while it is watched. */
export function watchMemories(): { count(): number; size(): number; exhaust(): void; stop(): void } {
  const memories: WebAssembly.Memory[] = [];
  const { Instance } = WebAssembly;
  class Watched extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      const { memory } = this.exports;
      // what unpacks the core imports nothing
      if (imports !== undefined && memory instanceof WebAssembly.Memory) memories.push(memory);
    }
  }
  WebAssembly.Instance = Watched;
  return {
    count: () => memories.length,
    size: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    /** Leaves none of them anything to grow by: what then needs more than a few MB traps. */
    exhaust() {
      for (const memory of memories) memory.grow(MOST - memory.buffer.byteLength / PAGE);
    },
    stop() {
      WebAssembly.Instance = Instance;
    },
  };
}

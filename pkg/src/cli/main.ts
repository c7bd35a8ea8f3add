#!/usr/bin/env node
// Nothing is imported here but when it runs, and nothing is written that older Nodes cannot read.
if (Number.parseInt(process.versions.node, 10) < 20) {
  console.error(`wudun-ota needs Node 20 or later, and this is ${process.version}`);
  console.error(`wudun-ota 需要 Node 20 或更高版本，当前为 ${process.version}`);
  process.exitCode = 1;
} else {
  import("./start.js");
}

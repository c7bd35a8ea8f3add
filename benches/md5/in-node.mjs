// The measurement in the Node that runs this file; writes JSON.
import { createHash } from "node:crypto";
import { measure } from "./measure.mjs";

console.log(JSON.stringify(await measure({ runtime: `Node ${process.versions.node}`, createHash })));

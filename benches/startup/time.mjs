// In a process of its own: milliseconds of importing a script and of its first message.
import { pathToFileURL } from "node:url";

const started = performance.now();
const { first } = await import(pathToFileURL(process.argv[2] ?? "").href);
const imported = performance.now();
if (!first()) throw new Error("the message was refused");
console.log(JSON.stringify([imported - started, performance.now() - imported]));

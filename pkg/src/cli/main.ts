#!/usr/bin/env node
import { moduleSoon } from "../core/source.js";

// MQTT.js would print whole connection options, the password included.
delete process.env.DEBUG;
// The core is compiled in the background while the program loads. What fails here fails again where it is needed.
const compiled = moduleSoon().catch(() => undefined);
const { run } = await import("./program.js");
await compiled;
process.exit(await run(process.argv.slice(2)));

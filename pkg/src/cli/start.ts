import { run } from "./program.js";

// MQTT.js, which is loaded later, would print whole connection options, the password included.
delete process.env.DEBUG;
process.exit(await run(process.argv.slice(2)));

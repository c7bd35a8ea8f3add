// `npm start`: sets up, builds, and shows the whole thing; `npm start -- --once` does the job once without a screen.
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { inRoot } from "./lib/paths.mjs";

const USAGE = `Usage: npm start                 the demonstration with the console; Ctrl-C ends it
       npm start -- --once [--firmware FILE] [--behaviour NAME] [--json]
                                 one upgrade without a screen; exits 0 only for a verified success
Exit codes: 0 success, 1 the answer is no or not to be had, 2 wrong usage.`;

/** Wrong usage is answered before anything is built. */
function wrong(message) {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}

/** The names of the behaviours, before anything is built. */
function behaviours() {
  const [, names = ""] =
    /^export type Behaviour = (.*);$/m.exec(readFileSync(inRoot("pkg", "src", "core", "types.gen.ts"), "utf8")) ?? [];
  return [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        once: { type: "boolean" },
        firmware: { type: "string" },
        behaviour: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    wrong(error.message);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  if (!values.once) {
    for (const name of ["firmware", "behaviour", "json"])
      if (values[name] !== undefined) wrong(`--${name} needs --once`);
  }
  if (values.behaviour !== undefined && !behaviours().includes(values.behaviour)) {
    wrong(`there is no behaviour ${values.behaviour}; there are: ${behaviours().join(", ")}`);
  }
  if (values.firmware !== undefined && !statSync(values.firmware, { throwIfNoEntry: false })?.isFile()) {
    console.error(`${values.firmware}: no such file`);
    process.exit(1);
  }
  return values;
}

const options = readOptions();
try {
  await build({ log: console.error });
} catch (error) {
  console.error(error.output === undefined ? error : `${error.output}\n${error.message}`);
  process.exit(1);
}
if (options.once) await once();
else await show();

async function once() {
  const { runOnce } = await import("./demo/once.mjs");
  const say = options.json
    ? (step, _text, fields) => console.log(JSON.stringify({ step, at: Date.now(), ...fields }))
    : (step, text) => console.log(`${step.padEnd(13)} ${text}`);
  const success = await runOnce({ firmware: options.firmware, behaviour: options.behaviour, say });
  process.exitCode = success ? 0 : 1;
}

async function show() {
  const { startDemo } = await import("./demo/demo.mjs");
  const demo = await startDemo();
  console.error(`Broker ${demo.brokerUrl}, firmware host ${demo.firmwareHost}, ${demo.devices.length} gateways:`);
  for (const { device, behaviour, description } of demo.devices) {
    console.error(`  ${device}  ${behaviour.padEnd(22)} ${description.en}`);
  }
  console.log(`\nOpen ${demo.url}   (Ctrl-C ends everything)`);
  const end = () => {
    process.off("SIGINT", end);
    process.off("SIGTERM", end);
    void demo.close();
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

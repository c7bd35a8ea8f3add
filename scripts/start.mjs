// `npm start`: sets up, builds, and shows the whole thing; `npm start -- --once` does the job once without a screen.
import { existsSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";

const USAGE = `Usage: npm start                 the demonstration with the console; Ctrl-C ends it
       npm start -- --once [--firmware FILE] [--behaviour NAME] [--json]
                                 one upgrade without a screen; exits 0 only for a verified success`;

/** Wrong usage is answered before anything is built. */
function wrong(message) {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
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
  if (values.firmware !== undefined && !(existsSync(values.firmware) && statSync(values.firmware).isFile())) {
    wrong(`${values.firmware} is not a file`);
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
  const { BEHAVIOURS, isBehaviour } = await import("wudun-ota/simulator");
  if (options.behaviour !== undefined && !isBehaviour(options.behaviour)) {
    wrong(`there is no behaviour ${options.behaviour}; there are: ${BEHAVIOURS.map(({ name }) => name).join(", ")}`);
  }
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

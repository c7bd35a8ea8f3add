// Installs the browsers that only `npm run test:package` needs.
import { runSteps } from "./lib/steps.mjs";
import { enginesStep } from "./lib/system-packages.mjs";
import { fail } from "./setup.mjs";

await runSteps([enginesStep], { label: "Setting up" }).catch(fail);

import type { CliCommand } from "../command-line.js";
import { addCommandCommand } from "./command.js";
import { addConsoleCommand } from "./console.js";
import { addDecodeCommand } from "./decode.js";
import { addMd5Command } from "./md5.js";
import { addPreflightCommand } from "./preflight.js";
import { addReplayCommand } from "./replay.js";
import { addSimulateCommand } from "./simulate.js";
import { addUpgradeCommand } from "./upgrade.js";
import { addValidateCommand } from "./validate.js";
import { addWatchCommand } from "./watch.js";

/** All commands by their names, in the order of the help. */
export const COMMANDS = new Map<string, (command: CliCommand) => void>([
  ["md5", addMd5Command],
  ["command", addCommandCommand],
  ["decode", addDecodeCommand],
  ["validate", addValidateCommand],
  ["preflight", addPreflightCommand],
  ["upgrade", addUpgradeCommand],
  ["replay", addReplayCommand],
  ["watch", addWatchCommand],
  ["simulate", addSimulateCommand],
  ["console", addConsoleCommand],
]);

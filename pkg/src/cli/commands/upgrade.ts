import { existsSync } from "node:fs";
import type { Client, Upgrade, UpgradeRequest } from "../../client/index.js";
import { type Attempt, type Expected, formatTopic, OtaError, type TrackerOptions } from "../../index.js";
import { type FileJournal, openFileJournal } from "../../node/file-journal.js";
import {
  addBrokerOptions,
  addClientIdOption,
  type Broker,
  type BrokerOptions,
  narrate,
  readBroker,
} from "../broker.js";
import type { CliCommand } from "../command-line.js";
import { type ExitCode, failed, usage } from "../failure.js";
import { named } from "../files.js";
import { follow, verdict } from "../follow.js";
import { defaultJournal, prepareJournal } from "../journal-file.js";
import { Interruption } from "../lifecycle.js";
import { addTargetOptions, parseDuration, required, type TargetOptions } from "../options.js";
import type { Output } from "../output.js";
import { canAsk, confirm } from "../prompt.js";
import { resume } from "../resume.js";
import { asUsage, checkTarget, readTarget, type Target } from "../target.js";
import { printable } from "../terminal.js";
import { UPGRADE } from "../upgrade-text.js";
import { introduce, resumeLine } from "../upgrade-words.js";

interface UpgradeOptions extends BrokerOptions, TargetOptions {
  expectVersion?: string;
  expectCommit?: string;
  acceptUnverified?: boolean;
  supersede?: boolean;
  sendTimeout?: number;
  firstResultTimeout?: number;
  finalResultTimeout?: number;
  journal?: string;
  resume?: boolean;
  yes?: boolean;
}

export function addUpgradeCommand(command: CliCommand): void {
  addTargetOptions(addClientIdOption(addBrokerOptions(command.summary(UPGRADE.summary))))
    .value("--expect-version <text>", UPGRADE.expectVersion)
    .value("--expect-commit <sha>", UPGRADE.expectCommit)
    .flag("--accept-unverified", UPGRADE.acceptUnverified)
    .flag("--supersede", UPGRADE.supersede)
    .value("--send-timeout <time>", UPGRADE.sendTimeout, parseDuration)
    .value("--first-result-timeout <time>", UPGRADE.firstResultTimeout, parseDuration)
    .value("--final-result-timeout <time>", UPGRADE.finalResultTimeout, parseDuration)
    .value("--journal <file>", UPGRADE.journal)
    .flag("--resume", UPGRADE.resume)
    .flag("-y, --yes", UPGRADE.yes)
    .more(UPGRADE.exits)
    .examples(
      "wudun-ota upgrade --broker wss://broker.example/mqtt --username operator --product-key KEY \\",
      "    --device GW-1 --source ems_II --url https://files.example/ems.bin --file ems.bin --expect-version 2.4.0",
      UPGRADE.exampleResume,
      "wudun-ota upgrade --broker wss://broker.example/mqtt --username operator --product-key KEY \\",
      "    --device GW-1 --resume",
    )
    .action(upgrade);
}

async function upgrade(output: Output, options: UpgradeOptions): Promise<ExitCode> {
  const device = required(options.device, "--device");
  const asks = options.resume !== true && options.yes !== true;
  if (asks && !canAsk()) throw usage(UPGRADE.yesNeeded);
  const broker = await readBroker(output, options);
  const topic = commandTopic(broker, device);
  const target = options.resume === true ? undefined : await readTarget(output, options);
  const expected = expectedOf(options);
  if (target !== undefined) {
    output.findings(checkTarget(target));
    introduce(output, broker, topic, target, options.file, expected);
    if (expected === undefined && options.acceptUnverified !== true) output.warn(UPGRADE.nothingExpected);
    if (asks && !(await confirm(output, UPGRADE.question(printable(device))))) {
      throw failed("declined", UPGRADE.declined);
    }
  }
  const journal = await openJournal(broker, device, options);
  const interruption = new Interruption();
  try {
    const { connect } = await import("../lazy.js");
    const client = await connect({
      ...broker.login,
      devices: [device],
      deadlines: deadlinesOf(options),
      journal,
      signal: interruption.signal,
    });
    const narration = narrate(output, client, broker.shown);
    try {
      const followed =
        target === undefined
          ? await resume(output, client, device)
          : [await send(output, client, request(target, expected, options))];
      const attempts = await Promise.all(followed.map((one) => follow(output, client, one)));
      return conclude(output, broker, options, device, attempts);
    } finally {
      await client.close();
      const error = await narration;
      if (error !== undefined) output.error(error.text);
    }
  } finally {
    await journal.close();
    interruption.dispose();
  }
}

/** Opens the journal: by it a later run finds the attempt and the broker's session. */
async function openJournal(broker: Broker, device: string, options: UpgradeOptions): Promise<FileJournal> {
  const file = options.journal ?? (await defaultJournal(broker.shown, broker.namespace, device));
  if (options.resume === true && !existsSync(file))
    throw failed("nothing-to-resume", UPGRADE.noJournal(printable(file)));
  return named(file, async () => {
    await prepareJournal(file);
    return openFileJournal(file);
  });
}

async function send(output: Output, client: Client, command: UpgradeRequest): Promise<Upgrade> {
  try {
    return await client.upgrade(command);
  } catch (error) {
    if (!OtaError.is(error)) throw error;
    if (error.code === "subject-busy" || error.code === "needs-supersede") output.note(UPGRADE.busy);
    throw error.code === "expected-commit-short" ? asUsage(error) : error;
  }
}

function request(target: Target, expected: Expected | undefined, options: UpgradeOptions): UpgradeRequest {
  return {
    ...target,
    ...(expected === undefined ? {} : { expected }),
    ...(options.supersede === undefined ? {} : { supersede: options.supersede }),
  };
}

/** Says how it ended, and how to go on where it did not. */
function conclude(
  output: Output,
  broker: Broker,
  options: UpgradeOptions,
  device: string,
  attempts: readonly Attempt[],
): ExitCode {
  if (attempts.some((attempt) => attempt.open)) {
    output.warn(UPGRADE.mayStillAct(printable(device)));
    output.note(UPGRADE.howToResume(resumeLine(broker, options, device)));
  }
  const codes = attempts.map((attempt) => verdict(output, attempt, options.acceptUnverified === true));
  return codes.every((code) => code === 0) ? 0 : 1;
}

function commandTopic({ namespace }: Broker, device: string): string {
  try {
    return formatTopic({ namespace, device, channel: "command" });
  } catch (error) {
    throw asUsage(error);
  }
}

function expectedOf({ expectVersion: version, expectCommit: commit }: UpgradeOptions): Expected | undefined {
  if (version === undefined && commit === undefined) return undefined;
  return { ...(version === undefined ? {} : { version }), ...(commit === undefined ? {} : { commit }) };
}

/** What the help says; a resumed attempt keeps the deadlines that the journal has for it. */
const DEADLINES = { sendTimeoutMs: 30_000, firstResultTimeoutMs: 600_000, finalResultTimeoutMs: 3_600_000 };

function deadlinesOf(options: UpgradeOptions): TrackerOptions {
  const { sendTimeout, firstResultTimeout, finalResultTimeout } = options;
  return {
    ...(options.resume === true ? {} : DEADLINES),
    ...(sendTimeout === undefined ? {} : { sendTimeoutMs: sendTimeout }),
    ...(firstResultTimeout === undefined ? {} : { firstResultTimeoutMs: firstResultTimeout }),
    ...(finalResultTimeout === undefined ? {} : { finalResultTimeoutMs: finalResultTimeout }),
  };
}

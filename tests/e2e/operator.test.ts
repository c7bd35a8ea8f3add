import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { type Attempt, type CommandMessage, safeBuildCommand } from "wudun-ota";
import { type OnEnd, test, type WatchedContext } from "../support/browser.js";
import { type Bystander, standBy } from "../support/bystander.js";
import { Console, PLAIN_DRAFT } from "../support/console.js";
import { startMosquitto } from "../support/mosquitto.js";
import { stageConsole } from "../support/stage.js";

/** A console that is connected to a Mosquitto of its own. */
async function connected(
  onEnd: OnEnd,
  open: () => Promise<WatchedContext>,
): Promise<{ console: Console; wire: Bystander }> {
  const broker = await startMosquitto();
  onEnd(() => broker.stop());
  const site = await stageConsole();
  onEnd(() => site.close());
  const wire = await standBy(broker.wsUrl);
  onEnd(wire.close);
  const console = await Console.open(await open(), site.url);
  await console.connect({ url: broker.wsUrl });
  return { console, wire };
}

test("what the core says of the form is shown, and blocks sending", async ({ openBrowser, onEnd }) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  const wrong = { device: "a/b", source: "ems_II", downloadUrl: "ftp://files.example/x", md5: "123", traceId: "t" };
  await console.compose(wrong);
  const judged = safeBuildCommand(wrong);
  if (judged.ok) throw new Error("the core takes this command");
  const errors = judged.error.diagnostics.filter(({ severity }) => severity === "error");
  expect(errors.map(({ path }) => path).sort()).toEqual(["/data/download_url", "/data/md5_code", "/device_uid"]);
  // Names between backticks are set as code.
  const shown = errors.map(({ message }) => message.en.replaceAll("`", ""));
  for (const words of shown) await console.page.getByText(words, { exact: true }).waitFor();
  await console.page.getByText("Fill in the form to see the payload.").waitFor();

  await console.button("Review and send").click();
  await console.page.getByText("3 fields need attention.").waitFor();
  expect(await console.dialog().count()).toBe(0);
  expect(await console.page.evaluate(() => document.activeElement?.getAttribute("aria-invalid"))).toBe("true");

  // Put right, the same form sends; a warning alone does not block.
  await console.compose({ ...PLAIN_DRAFT, downloadUrl: "http://127.0.0.1/ems.bin" });
  await console.page.getByText("2 warnings").waitFor();
  await console.send();
  expect(await wire.commands()).toHaveLength(1);
});

test("an expectation that could never be checked is refused in the form", async ({ openBrowser, onEnd }) => {
  const { console } = await connected(onEnd, openBrowser);
  await console.compose({ ...PLAIN_DRAFT, commit: "abc" });
  await console.button("Review and send").click();
  await console.page.getByText("One field needs attention.").waitFor();
  expect(await console.dialog().count()).toBe(0);
});

test("markup in messages is only text", async ({ openBrowser, onEnd }) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  const { page } = console;
  const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  await console.compose({ ...PLAIN_DRAFT, traceId: markup });
  await console.send();
  const { topic } = await wire.command();
  await wire.answer(topic, { status: "succeeded", finalVersion: markup, traceId: markup, source: markup });
  await console.reached("succeeded", "mismatched");
  await console.timeline("result").getByText("Message", { exact: true }).click();
  await console.timeline("result").getByText(markup, { exact: true }).first().waitFor();
  await wire.publish(topic.replace(/command$/, "result"), `${markup} is no JSON`);
  await console.go("Watch");
  await page.getByRole("link", { name: "Messages" }).click();
  await page.getByText(/^Invalid 1/).click();
  const entry = page.getByTestId("log-invalid").locator("li").first();
  await entry.locator("summary").click();
  expect(await entry.getByTestId("raw-payload").textContent()).toBe(`${markup} is no JSON`);
  expect(await page.locator("img, main script").count()).toBe(0);
  expect(await page.title()).not.toContain("owned");
});

test("an upgrade is exported as JSON with its messages", async ({ openBrowser, onEnd }) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  await console.compose(PLAIN_DRAFT);
  await console.send();
  const { topic, message } = await wire.command();
  await wire.answer(topic, { status: "succeeded", finalVersion: "1.1.0", reply: message.mid });
  await console.reached("succeeded", "verified");
  const download = console.page.waitForEvent("download");
  await console.button("Export JSON").click();
  const exported: { attempt: Attempt; command: { topic: string; payload: string }; messages: { text: string }[] } =
    JSON.parse(await text(await (await download).createReadStream()));
  const [sent] = await wire.commands();
  expect(exported.attempt).toMatchObject({ id: message.mid, state: "succeeded", verification: "verified" });
  expect(exported.attempt.timeline.map(({ kind }) => kind)).toContain("result");
  expect(exported.command).toEqual({ topic: sent?.topic, payload: sent?.payload });
  const results = wire.seen.filter((one) => one.topic.endsWith("/result")).map(({ payload }) => payload);
  expect(exported.messages.map((one) => one.text)).toEqual(expect.arrayContaining(results));
});

test("a cancelled upgrade stays cancelled, and what the gateway does after all is shown", async ({
  openBrowser,
  onEnd,
}) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  await console.compose(PLAIN_DRAFT);
  await console.send();
  const { topic } = await wire.command();
  await console.button("Cancel").click();
  await console.dialog().getByText("The protocol has no cancel message.").waitFor();
  await console.dialog().getByRole("button", { name: "Cancel the upgrade" }).click();
  await console.reached("cancelled");
  await wire.answer(topic, { status: "succeeded", finalVersion: "1.1.0" });
  await console.page.locator("[data-testid=alerts] [data-code=acted-after-cancel]").waitFor();
  await console.reached("cancelled", "verified");
  expect(await wire.commands()).toHaveLength(1);
});

test("a result that two upgrades claim advances neither until the operator assigns it", async ({
  openBrowser,
  onEnd,
}) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  const draft = { ...PLAIN_DRAFT, version: "" };
  await console.compose({ ...draft, source: "ems_I" });
  await console.send();
  const first = await wire.command(0);
  await console.compose({ ...draft, source: "ems_II" });
  await console.send();
  await wire.command(1);
  await wire.answer(first.topic, { status: "succeeded", finalVersion: "1.1.0" });
  const held = console.timeline("result").locator("[data-disposition=ambiguous]");
  await held.waitFor();
  await console.reached("sent");

  await console.page
    .getByRole("row", { name: /ems_I\b/ })
    .first()
    .click();
  await console.page.waitForURL(`**/#/watch/${first.message.mid}`);
  await console.reached("sent");
  await console.button("Assign to this upgrade").click();
  await console.reached("succeeded", "unverified");
  await console.timeline("assigned").locator("[data-matched-by=operator]").waitFor();
  // The other one still waits.
  await console.page.getByRole("row", { name: /ems_II/ }).click();
  await console.reached("sent");
});

test("an upgrade without an ending is superseded only after a second question", async ({ openBrowser, onEnd }) => {
  const { console, wire } = await connected(onEnd, openBrowser);
  await console.compose(PLAIN_DRAFT);
  await console.send();
  const first = await wire.command(0);
  await console.go("Compose");
  const dialog = await console.review();
  await dialog.getByRole("button", { name: "Send the upgrade" }).click();
  const question = console.page.getByTestId("supersede");
  const link = await question.getByRole("link", { name: "Show the earlier upgrade" }).getAttribute("href");
  expect(link).toBe(`#/watch/${first.message.mid}`);
  expect(await wire.commands()).toHaveLength(1);
  await dialog.getByRole("button", { name: "Supersede it and send" }).click();
  const second: { message: CommandMessage } = await wire.command(1);
  expect(second.message.mid).not.toBe(first.message.mid);
  await console.page.waitForURL(`**/#/watch/${second.message.mid}`);
  await console.page.getByRole("row", { name: /gw-1/ }).getByText("Cancelled").waitFor();
});

import { expect } from "vitest";
import { type OnEnd, test } from "../support/browser.js";
import { type Bystander, standBy } from "../support/bystander.js";
import { Console, PLAIN_DRAFT } from "../support/console.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";
import { stageConsole } from "../support/stage.js";

interface Stage {
  consoleUrl: string;
  broker: Mosquitto;
  wire: Bystander;
}

async function stage(onEnd: OnEnd): Promise<Stage> {
  const broker = await startMosquitto();
  onEnd(() => broker.stop());
  const site = await stageConsole();
  onEnd(() => site.close());
  const wire = await standBy(broker.wsUrl);
  onEnd(wire.close);
  return { consoleUrl: site.url, broker, wire };
}

/** Connects again from the form, which remembers all but the password. */
async function reconnect(console: Console): Promise<void> {
  await console.go("Connect");
  await console.button("Connect").click();
  await console.online();
}

async function showUpgrade(console: Console): Promise<void> {
  await console.go("Watch");
  await console.page.getByRole("row", { name: /gw-1/ }).click();
  await console.detail().waitFor();
}

test("a reload in the middle of an upgrade loses nothing and sends nothing again", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, broker, wire } = await stage(onEnd);
  const console = await Console.open(await openBrowser(), consoleUrl);
  await console.connect({ url: broker.wsUrl });
  await console.compose(PLAIN_DRAFT);
  await console.send();
  const { topic } = await wire.command();
  await wire.answer(topic, { status: "prepared" });
  await console.reached("prepared");
  const entries = await console.page.getByTestId("timeline-entry").count();

  await console.page.reload();
  // From the journal alone, before there is a connection.
  await console.reached("prepared");
  expect(await console.page.getByTestId("timeline-entry").count()).toBe(entries);
  await reconnect(console);
  await console.page.getByText("Continued: results that came meanwhile were delivered").waitFor();
  await showUpgrade(console);
  await wire.answer(topic, { status: "succeeded", finalVersion: "1.1.0" });
  await console.reached("succeeded", "verified");
  expect(await wire.commands()).toHaveLength(1);

  await console.page.reload();
  await console.reached("succeeded", "verified");
});

test("a reload at the very moment of sending leaves at most one command, and never one unknown", async ({
  openBrowser,
  onEnd,
}) => {
  const { consoleUrl, broker, wire } = await stage(onEnd);
  const console = await Console.open(await openBrowser(), consoleUrl);
  await console.connect({ url: broker.wsUrl });
  await console.compose(PLAIN_DRAFT);
  const dialog = await console.review();
  await dialog.getByRole("button", { name: "Send the upgrade" }).click({ noWaitAfter: true });
  await console.page.reload();
  await reconnect(console);
  const sent = await wire.commands();
  expect(sent.length).toBeLessThanOrEqual(1);
  await console.go("Watch");
  for (const { payload } of sent) {
    const { mid }: { mid: string } = JSON.parse(payload);
    await console.page.evaluate((id) => {
      location.hash = `#/watch/${id}`;
    }, mid);
    await console.timeline("opened").waitFor();
  }
});

test("results that come while the page is closed are delivered when it is back", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, broker, wire } = await stage(onEnd);
  const watched = await openBrowser();
  const first = await Console.open(watched, consoleUrl);
  await first.connect({ url: broker.wsUrl });
  await first.compose(PLAIN_DRAFT);
  await first.send();
  await first.reached("sent");
  const { topic } = await wire.command();
  await first.timeline("echo").waitFor();
  await first.page.close();

  await wire.answer(topic, { status: "prepared" });
  await wire.answer(topic, { status: "succeeded", finalVersion: "1.1.0" });

  const second = await Console.open(watched, consoleUrl);
  await second.page.getByTestId("restored").getByText("One upgrade is still open").waitFor();
  await reconnect(second);
  await showUpgrade(second);
  await second.reached("succeeded", "verified");
  expect(await wire.commands()).toHaveLength(1);
});

test("a broker that goes away and comes back does not get the command twice", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, broker, wire } = await stage(onEnd);
  const watched = await openBrowser();
  watched.allow(/WebSocket connection to .* failed/);
  const console = await Console.open(watched, consoleUrl);
  await console.connect({ url: broker.wsUrl });
  await console.compose(PLAIN_DRAFT);
  await console.send();
  const { topic } = await wire.command();
  await console.timeline("acknowledged").waitFor();
  await console.timeline("echo").waitFor();
  await wire.close();

  await broker.kill();
  await console.online(/^Reconnecting/);
  await broker.start();
  await console.online();
  await console.go("Connect");
  await console.page.getByText("the broker has lost the session").first().waitFor();

  const again = await standBy(broker.wsUrl);
  onEnd(again.close);
  await again.answer(topic, { status: "prepared" });
  await showUpgrade(console);
  await console.reached("prepared");
  expect(await again.commands()).toEqual([]);
});

test("two tabs share one client id without a fight, and the second can take over", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, broker, wire } = await stage(onEnd);
  const watched = await openBrowser();
  const first = await Console.open(watched, consoleUrl);
  await first.connect({ url: broker.wsUrl });
  const second = await Console.open(watched, consoleUrl);
  await second.page.getByTestId("tab-other").waitFor();
  expect(await second.button("Connect").isEnabled()).toBe(false);

  // The browser draws the tab in front only.
  await first.page.bringToFront();
  await first.compose(PLAIN_DRAFT);
  await first.send();
  const { topic } = await wire.command();
  await wire.answer(topic, { status: "prepared" });
  await first.reached("prepared");
  // The second tab looks on.
  await second.page.bringToFront();
  await showUpgrade(second);
  await second.reached("prepared");
  expect(await second.button("Cancel").count()).toBe(0);

  await first.page.close();
  await second.page.getByTestId("tab-free").getByRole("button", { name: "Take over here" }).click();
  await reconnect(second);
  await wire.answer(topic, { status: "succeeded", finalVersion: "1.1.0" });
  await showUpgrade(second);
  await second.reached("succeeded", "verified");
  expect(await wire.commands()).toHaveLength(1);
  expect(broker.log()).not.toContain("already connected");
});

import { createServer } from "node:net";
import { expect } from "vitest";
import { type OnEnd, test } from "../support/browser.js";
import { standBy } from "../support/bystander.js";
import { Console, PLAIN_DRAFT } from "../support/console.js";
import { type MosquittoOptions, startMosquitto } from "../support/mosquitto.js";
import { stageConsole } from "../support/stage.js";

const USERS = { operator: "s3cret-pässword", watcher: "w" };
const WATCHER = { username: "watcher", password: USERS.watcher };

/** `operator` may read everything and publish nothing. */
const READ_ONLY = "user operator\ntopic read v1/wudun/#\nuser watcher\ntopic readwrite #";

async function stage(onEnd: OnEnd, options: MosquittoOptions): Promise<{ consoleUrl: string; url: string }> {
  const broker = await startMosquitto(options);
  onEnd(() => broker.stop());
  const site = await stageConsole();
  onEnd(() => site.close());
  return { consoleUrl: site.url, url: broker.wsUrl };
}

test.for([{ protocol: "MQTT 5" as const }, { protocol: "MQTT 3.1.1" as const }])(
  "a wrong password is named as the reason over $protocol and never shown",
  async ({ protocol }, { openBrowser, onEnd }) => {
    const { consoleUrl, url } = await stage(onEnd, { users: USERS });
    const console = await Console.open(await openBrowser(), consoleUrl);
    await console.fillConnection({ url, username: "operator", password: "wrong-password", protocol });
    await console.button("Connect").click();
    const error = console.page.getByTestId("connect-error");
    await error.waitFor();
    expect(await error.textContent()).toMatch(/refused the login.*check user name, password/);
    expect(await console.state("Connect").textContent()).toBe("Not connected");
    expect(await console.page.locator("body").textContent()).not.toContain("wrong-password");
    expect(JSON.stringify(await console.page.evaluate(() => ({ ...localStorage })))).not.toContain("wrong-password");

    // The right one connects from the same form.
    await console.field("Password").fill(USERS.operator);
    await console.button("Connect").click();
    await console.online();
  },
);

test("a broker that is not there is named", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, url } = await stage(onEnd, {});
  const watched = await openBrowser();
  watched.allow(/WebSocket connection to .* failed/);
  const console = await Console.open(watched, consoleUrl);
  const port = Number(new URL(url).port);
  await console.fillConnection({ url: `ws://127.0.0.1:${port === 1 ? 2 : 1}` });
  await console.button("Connect").click();
  await console.page.getByTestId("connect-error").getByText("127.0.0.1:1").waitFor();
});

test("MQTT 5: the reason for which the broker refused the command is shown", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, url } = await stage(onEnd, { users: USERS, acl: READ_ONLY });
  const wire = await standBy(url, WATCHER);
  onEnd(wire.close);
  const console = await Console.open(await openBrowser(), consoleUrl);
  await console.connect({ url, username: "operator", password: USERS.operator });
  await console.compose(PLAIN_DRAFT);
  await console.send();
  await console.reached("refused");
  expect(await console.timeline("refused").or(console.timeline("acknowledged")).allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/not authori[sz]ed/i)]),
  );
  expect(await wire.commands()).toEqual([]);
});

test("MQTT 3.1.1: a command that does not come back is reported as such", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, url } = await stage(onEnd, { users: USERS, acl: READ_ONLY });
  const wire = await standBy(url, WATCHER);
  onEnd(wire.close);
  const console = await Console.open(await openBrowser(), consoleUrl);
  await console.connect({ url, username: "operator", password: USERS.operator, protocol: "MQTT 3.1.1" });
  await console.compose(PLAIN_DRAFT);
  await console.send();
  await console
    .timeline("no-echo")
    .filter({ hasText: /No echo.*the broker may have dropped it/ })
    .waitFor();
  await console.timeline("acknowledged").waitFor();
  await console.reached("sent");
  expect(await wire.commands()).toEqual([]);
});

test("observe only: reads both topics and never publishes", async ({ openBrowser, onEnd }) => {
  const { consoleUrl, url } = await stage(onEnd, { users: USERS, acl: READ_ONLY });
  const wire = await standBy(url, WATCHER);
  onEnd(wire.close);
  const console = await Console.open(await openBrowser(), consoleUrl);
  await console.connect({ url, username: "operator", password: USERS.operator, observeOnly: true });
  await console.online(/^Observing ·/);

  await wire.answer("v1/wudun/demo/gw-7/ota/upgrade/command", { status: "succeeded", finalVersion: "9.9.9" });
  await console.go("Watch");
  await console.page.getByRole("link", { name: "Messages" }).click();
  const entry = console.page.getByTestId("log-unsolicited").locator("li").first();
  await entry.getByText("v1/wudun/demo/gw-7/ota/upgrade/result").click();
  await entry.getByText("9.9.9", { exact: true }).waitFor();

  await console.compose(PLAIN_DRAFT);
  await console.page.getByTestId("obstacle").getByText("only observes").waitFor();
  expect(await console.button("Review and send").isEnabled()).toBe(false);
  expect(await wire.commands()).toEqual([]);
});

test("credentials over plain ws:// to another machine need a word first", async ({ openBrowser, onEnd }) => {
  const { consoleUrl } = await stage(onEnd, {});
  // A listener that only counts who calls; *.example is this machine to the test browser.
  let calls = 0;
  const listener = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  onEnd(() => new Promise((resolve) => listener.close(() => resolve())));
  const address = listener.address();
  const port = typeof address === "object" && address ? address.port : 0;

  const watched = await openBrowser();
  watched.allow(/WebSocket connection to .* failed/);
  const console = await Console.open(watched, consoleUrl);
  const warning = console.page.getByTestId("plain-credentials");
  await console.fillConnection({ url: `ws://broker.example:${port}`, password: USERS.operator });
  expect(await warning.count()).toBe(0);
  await console.field("User name").fill("operator");
  await warning.getByText("broker.example is another machine").waitFor();
  expect(await console.button("Connect").isEnabled()).toBe(false);
  await console.field("Password").press("Enter");
  expect(calls).toBe(0);

  await warning.getByText("Send them unencrypted all the same").click();
  await console.button("Connect").click();
  await console.page.getByTestId("connect-error").waitFor();
  expect(calls).toBeGreaterThan(0);

  // The password waits in memory while the person looks elsewhere.
  await console.page.getByTestId("nav-firmware").click();
  await console.page.getByTestId("nav-connect").click();
  expect(await console.field("Password").inputValue()).toBe(USERS.operator);
  // Another machine: the error was not about it, and neither was the consent.
  await console.field("Broker URL").fill(`ws://other.example:${port}`);
  await warning.getByText("other.example is another machine").waitFor();
  expect(await console.page.getByTestId("connect-error").count()).toBe(0);
  expect(await console.button("Connect").isEnabled()).toBe(false);
});

test("a page loaded over https says why it cannot open ws://", async ({ openBrowser, onEnd }) => {
  const { consoleUrl } = await stage(onEnd, {});
  const watched = await openBrowser();
  // The same files under an https address.
  await watched.context.route("https://console.example/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: new URL(pathname, consoleUrl).href }) });
  });
  const console = await Console.open(watched, "https://console.example/");
  await console.fillConnection({ url: "ws://broker.example:9001" });
  await console.page.getByTestId("mixed-content").getByText("loaded over https").waitFor();
  expect(await console.button("Connect").isEnabled()).toBe(false);
});

import type { Page } from "playwright-core";
import { startDemo } from "../../scripts/demo/demo.mjs";
import type { WatchedContext } from "./browser.js";
import { standBy } from "./bystander.js";
import { Console } from "./console.js";
import { makeImage } from "./stage.js";

/** A view of the console, and how to get there in any language. */
export interface View {
  name: string;
  page: Page;
  show: () => Promise<void>;
  leave?: () => Promise<void>;
}

export interface Appearance {
  language: "en" | "zh-CN";
  theme: "light" | "dark";
  width: 1440 | 390;
}

export const APPEARANCES: Appearance[] = (["en", "zh-CN"] as const).flatMap((language) =>
  (["light", "dark"] as const).flatMap((theme) => ([1440, 390] as const).map((width) => ({ language, theme, width }))),
);

export async function dress(page: Page, { language, theme, width }: Appearance): Promise<void> {
  await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
  await page.emulateMedia({ colorScheme: theme });
  await page.getByText(language === "en" ? "EN" : "中文", { exact: true }).click();
  await page.locator(`html[lang=${language}]`).waitFor();
}

async function route(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.locator("main h1, main h2").first().waitFor();
}

/** What is seen before there is a connection, by an operator without a demonstration. */
export async function viewsBefore(watched: WatchedContext, url: string): Promise<View[]> {
  watched.allow(/WebSocket connection to .* failed/);
  const console = await Console.open(watched, url);
  const { page } = console;
  await console.fillConnection({ url: "ws://127.0.0.1:1" });
  await console.button("Connect").click();
  await page.getByTestId("connect-error").waitFor();
  await console.fillConnection({ url: "ws://broker.example:9001", username: "operator", password: "secret" });
  return [
    { name: "connect-form", page, show: () => route(page, "#/connect") },
    { name: "firmware-empty", page, show: () => route(page, "#/firmware") },
    { name: "compose-empty", page, show: () => route(page, "#/compose") },
    { name: "watch-empty", page, show: () => route(page, "#/watch") },
  ];
}

/** The demonstration with each of its gateways upgraded, and every view that an operator then has. */
export async function viewsAfter(
  open: () => Promise<WatchedContext>,
  onEnd: (clean: () => Promise<void>) => void,
): Promise<View[]> {
  const demo = await startDemo({ port: 0, stepDelayMs: 0 });
  onEnd(demo.close);
  const image = await makeImage();
  onEnd(image.remove);
  const watched = await open();
  const start = await watched.context.newPage();
  await start.goto(demo.url ?? "");
  const console = new Console(start);
  const { page } = console;
  await console.button("Connect to the demonstration").waitFor();

  // A second, unconnected operator keeps the demonstration's welcome in sight.
  const welcome = await Console.open(await open(), demo.url ?? "");
  await welcome.button("Connect to the demonstration").waitFor();

  await console.button("Connect to the demonstration").click();
  await console.online();
  await console.go("Firmware");
  await console.dropFirmware(image.path);
  await page.getByTestId("hosted").waitFor();
  for (const { device, behaviour } of demo.devices ?? []) {
    await console.compose({ device });
    await console.send();
    await console
      .timeline("result")
      .nth(behaviour === "ok" || behaviour === "rolls-back" ? 1 : 0)
      .waitFor();
  }
  const bystander = await standBy(demo.brokerUrl ?? "", { protocolVersion: 4 });
  onEnd(bystander.close);
  await bystander.answer("v1/wudun/demo/gateway-9/ota/upgrade/command", { status: "rolled_back", version: "1.0.0" });
  const untidy = (demo.devices ?? []).findIndex(({ behaviour }) => behaviour === "trailing-comma");
  await console.reached("succeeded", "verified");
  const detail = new URL(page.url()).hash;
  await console.compose({ device: `gateway-${untidy + 1}`, source: "ems_I", traceId: "shift 2" });

  const openMessage = async (): Promise<void> => {
    await route(page, detail);
    const details = console.timeline("result").first().locator("details");
    await details.evaluate((element) => element.setAttribute("open", ""));
    await details.getByTestId("raw-payload").waitFor();
  };
  const closeDialog = async (): Promise<void> => {
    await page.keyboard.press("Escape");
    await console.dialog().waitFor({ state: "detached" });
  };
  return [
    { name: "connect-demo", page: welcome.page, show: () => route(welcome.page, "#/connect") },
    { name: "connected", page, show: () => route(page, "#/connect") },
    { name: "firmware", page, show: () => route(page, "#/firmware") },
    { name: "compose", page, show: () => route(page, "#/compose") },
    {
      name: "confirm",
      page,
      async show() {
        await route(page, "#/compose");
        await page.locator("main button:has(svg)").last().click();
        await console.dialog().waitFor();
      },
      leave: closeDialog,
    },
    { name: "watch", page, show: () => route(page, "#/watch") },
    { name: "upgrade", page, show: openMessage },
    {
      name: "messages",
      page,
      async show() {
        await route(page, "#/watch/messages");
        await page.getByTestId("log-unsolicited").locator("summary").first().click();
        await page.getByTestId("log-unsolicited").getByTestId("raw-payload").waitFor();
      },
    },
    { name: "connection", page, show: () => route(page, "#/watch/connection") },
  ];
}

import type { Locator } from "playwright-core";
import { expect } from "vitest";
import { test } from "../support/browser.js";
import { Console } from "../support/console.js";
import { DEVICE, makeImage, NEW_VERSION, stageDemo } from "../support/stage.js";

/** Presses Tab until the control has the focus; whoever cannot be reached this way is out of reach of a keyboard. */
async function tabTo(console: Console, control: Locator): Promise<void> {
  await control.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    await console.page.keyboard.press("Tab");
    if (await control.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`80 times Tab do not reach ${control}`);
}

test("the whole job without a mouse", async ({ openBrowser, onEnd }) => {
  const stage = await stageDemo();
  onEnd(stage.close);
  const image = await makeImage(64 * 1024);
  onEnd(image.remove);
  const console = await Console.open(await openBrowser(), stage.url);
  const { page } = console;
  const { keyboard } = page;
  const press = async (control: Locator, key = "Enter"): Promise<void> => {
    await tabTo(console, control);
    await keyboard.press(key);
  };
  const type = async (label: string, text: string): Promise<void> => {
    await tabTo(console, console.field(label));
    await keyboard.type(text);
  };

  // The first stop of every page leads past the navigation.
  await page.keyboard.press("Tab");
  await keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

  await press(console.button("Connect to the demonstration"));
  await console.online();
  await press(page.getByRole("link", { name: "Choose firmware" }));
  const chooser = page.waitForEvent("filechooser");
  await press(console.button("Choose a file"));
  await (await chooser).setFiles(image.path);
  await page.getByTestId("hosted").waitFor();
  await press(page.getByRole("link", { name: "Compose the command" }));
  await type("Device", DEVICE);
  await keyboard.press("Escape");
  expect(await console.field("Device").inputValue()).toBe(DEVICE);
  await type("Expected version", NEW_VERSION);
  await press(console.button("Review and send"));
  const dialog = console.dialog();
  await dialog.waitFor();
  // The question keeps the focus inside, and Escape takes it back.
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await console.button("Review and send").evaluate((element) => element === document.activeElement)).toBe(true);
  await keyboard.press("Enter");
  await press(dialog.getByRole("button", { name: "Send the upgrade" }));
  await console.reached("succeeded", "verified");

  await press(console.timeline("result").first().getByText("Message", { exact: true }));
  await console.timeline("result").first().getByTestId("raw-payload").waitFor();
});

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "../support/browser.js";
import { stageConsole } from "../support/stage.js";
import { APPEARANCES, dress, viewsAfter, viewsBefore } from "../support/tour.js";

const FOLDER = fileURLToPath(new URL(".screenshots/", import.meta.url));

/** `npm run screenshots`: a picture of every view in both languages, themes and widths. */
test("pictures of every view", async ({ openBrowser, onEnd }) => {
  await mkdir(FOLDER, { recursive: true });
  const site = await stageConsole();
  onEnd(() => site.close());
  const views = [...(await viewsBefore(await openBrowser(), site.url)), ...(await viewsAfter(openBrowser, onEnd))];
  for (const appearance of APPEARANCES) {
    for (const { name, page, show, leave } of views) {
      await dress(page, appearance);
      await show();
      await page.screenshot({
        path: `${FOLDER}${name}-${Object.values(appearance).join("-")}.png`,
        fullPage: true,
        animations: "disabled",
      });
      await leave?.();
    }
  }
});

import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { seriousBarriers, sidewaysOverflow, test } from "../support/browser.js";
import { Console } from "../support/console.js";
import { stageConsole } from "../support/stage.js";
import { APPEARANCES, dress, viewsAfter, viewsBefore } from "../support/tour.js";

/** Four of the eight, so chosen that any two of language, theme and width meet. */
const PAIRS = APPEARANCES.filter(
  ({ language, theme, width }) => (language === "en") !== ((theme === "light") !== (width === 1440)),
);

/** Sentences in Latin letters, outside code: what a translation forgot. */
function latinSentences(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      const text = textContent ?? "";
      if (parentElement?.closest("code, pre, script, style, [hidden]") || !/[a-z]{2,} [a-z]{2,} [a-z]{2,}/i.test(text))
        continue;
      found.push(text);
    }
    return found;
  });
}

describe("every view, in both languages, themes and widths", () => {
  test("fits, is in its language, and has no serious barrier", async ({ openBrowser, onEnd }) => {
    const site = await stageConsole();
    onEnd(() => site.close());
    const views = [...(await viewsBefore(await openBrowser(), site.url)), ...(await viewsAfter(openBrowser, onEnd))];
    const defects: string[] = [];
    for (const appearance of PAIRS) {
      const { language } = appearance;
      for (const { name, page, show, leave } of views) {
        await dress(page, appearance);
        await show();
        const found = [
          ...((await sidewaysOverflow(page)) > 0 ? ["scrolls sideways"] : []),
          ...(language === "zh-CN" ? await latinSentences(page) : []),
          ...(await seriousBarriers(page)),
        ];
        defects.push(...found.map((defect) => `${name}, ${Object.values(appearance).join(" ")}: ${defect}`));
        await leave?.();
      }
    }
    expect(defects).toEqual([]);
  }, 180_000);
});

test("language and theme are the browser's until the operator chooses, and then remembered", async ({
  openBrowser,
  onEnd,
}) => {
  const site = await stageConsole();
  onEnd(() => site.close());
  const watched = await openBrowser({ locale: "zh-CN", colorScheme: "dark" });
  const { page } = await Console.open(watched, site.url);
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
  await page.getByRole("heading", { name: "连接到您的 MQTT 服务器" }).waitFor();
  const dark = await background();

  await page.getByText("EN", { exact: true }).click();
  await page.getByRole("heading", { name: "Connect to your broker" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
  await page.getByRole("radio", { name: "Light" }).check({ force: true });
  await page.locator("html[data-theme=light]").waitFor();
  const light = await background();
  expect(light).not.toBe(dark);

  await page.reload();
  await page.getByRole("heading", { name: "Connect to your broker" }).waitFor();
  expect(await background()).toBe(light);
});

test("the console comes with the strict policy, and nothing else may be loaded", async ({ onEnd }) => {
  const site = await stageConsole();
  onEnd(() => site.close());
  const response = await fetch(site.url);
  const policy = response.headers.get("content-security-policy")?.split("; ").sort();
  expect(policy).toEqual(
    [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "worker-src 'self'",
      "connect-src 'self' ws: wss: http: https:",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].sort(),
  );
  const html = (await response.text()).replaceAll(/<!--[\s\S]*?-->/g, "");
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
});

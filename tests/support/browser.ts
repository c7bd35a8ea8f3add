import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test as base, inject } from "vitest";

/** A page that keeps a list of everything it ought not to have done. */
export interface WatchedContext {
  context: BrowserContext;
  /** CSP violations, console errors and uncaught errors of every page and worker so far. */
  troubles: string[];
  /** Troubles that fit the pattern are what this test is about: they do not fail it. */
  allow(pattern: RegExp): void;
}

const FAILURES = fileURLToPath(new URL("../e2e/.failures/", import.meta.url));

/** Runs in the page before any of its scripts; the console log is the one channel that needs no permission. */
function reportViolations(): void {
  addEventListener("securitypolicyviolation", (event) => {
    console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
  });
}

async function watchPage(page: Page, troubles: string[]): Promise<void> {
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("crash", () => troubles.push("the page crashed"));
}

async function openContext(
  browser: Browser,
  options: BrowserContextOptions,
): Promise<WatchedContext & { allowed: RegExp[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
  context.setDefaultTimeout(10_000);
  const troubles: string[] = [];
  // Without a demonstration this file is absent, and the browser says so.
  const allowed: RegExp[] = [/404 \(Not Found\) \(.*\/demo\.json\)/];
  await context.addInitScript(reportViolations);
  context.on("page", (page) => void watchPage(page, troubles));
  return { context, troubles, allowed, allow: (pattern) => void allowed.push(pattern) };
}

export type OnEnd = (clean: () => Promise<void>) => void;

interface Fixtures {
  browser: Browser;
  /** Registers what to do when the test is over and its pages are closed; last come, first done. */
  onEnd: OnEnd;
  /** A fresh browser profile; the test fails when a page in it misbehaves. */
  openBrowser: (options?: BrowserContextOptions) => Promise<WatchedContext>;
}

/** `test` with the shared Chromium. */
export const test = base.extend<Fixtures>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to learn what a fixture needs
    async ({}, use) => {
      const browser = await chromium.connect(inject("chromiumEndpoint"));
      await use(browser);
      await browser.close();
    },
    { scope: "file" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to learn what a fixture needs
  onEnd: async ({}, use) => {
    const cleaning: (() => Promise<void>)[] = [];
    await use((clean) => void cleaning.push(clean));
    const failures: unknown[] = [];
    for (const clean of cleaning.reverse()) await clean().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  },
  openBrowser: async ({ browser, task, onEnd }, use) => {
    const open: Awaited<ReturnType<typeof openContext>>[] = [];
    // Judged last: whatever a test has started is ended before it can fail here.
    onEnd(async () => {
      const bad = open.flatMap(({ troubles, allowed }) =>
        troubles.filter((line) => !allowed.some((p) => p.test(line))),
      );
      if (bad.length > 0) throw new Error(`the pages reported trouble:\n${bad.join("\n")}`);
    });
    await use(async (options = {}) => {
      const watched = await openContext(browser, options);
      open.push(watched);
      return watched;
    });
    if (task.result?.state === "fail") await photograph(task.name, open);
    for (const { context } of open) await context.close();
  },
});

/** Keeps what a failed test saw, for whoever has to find out why. */
async function photograph(name: string, open: { context: BrowserContext }[]): Promise<void> {
  await mkdir(FAILURES, { recursive: true });
  const file = name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
  const pages = open.flatMap(({ context }) => context.pages());
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: `${FAILURES}${file}-${index + 1}.png`, fullPage: true }).catch(() => undefined);
  }
}

/** What axe finds on the page that is serious or critical, one line each. */
export async function seriousBarriers(page: Page): Promise<string[]> {
  // Without frames in the page there is no need for the blank page that the newer mode opens for each run.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ["violations"] })
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary ?? ""}`));
}

/** How far the page can be scrolled sideways, in CSS pixels; a page that fits gives 0. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

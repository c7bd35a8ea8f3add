import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { seriousBarriers, sidewaysOverflow, test } from "../support/browser.js";

/** Serves one page with the console's kind of policy. */
async function servePage(html: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, {
      "content-type": "text/html",
      "content-security-policy": "default-src 'none'; script-src 'self'",
    });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("a forbidden inline script is noticed", async ({ openBrowser }) => {
  const { context, troubles, allow } = await openBrowser();
  allow(/CSP violation: script-src-elem inline|Content Security Policy|favicon/);
  const page = await context.newPage();
  const reported = page.waitForEvent("console", (message) => message.text().startsWith("CSP violation"));
  await page.goto(await servePage("<!doctype html><title>x</title><script>document.title = 'ran'</script>"));
  await reported;
  expect(await page.title()).toBe("x");
  expect(troubles.join("\n")).toContain("CSP violation: script-src-elem inline");
});

test("a forbidden inline style is noticed", async ({ openBrowser }) => {
  const { context, troubles, allow } = await openBrowser();
  allow(/CSP violation: style-src-attr inline|Content Security Policy|favicon/);
  const page = await context.newPage();
  const reported = page.waitForEvent("console", (message) => message.text().startsWith("CSP violation"));
  await page.goto(await servePage("<!doctype html><title>x</title><p style='color: red'>x</p>"));
  await reported;
  expect(troubles.join("\n")).toContain("CSP violation: style-src-attr inline");
});

test("barriers and sideways scrolling are noticed", async ({ openBrowser }) => {
  const { context, allow } = await openBrowser();
  allow(/favicon/);
  const page = await context.newPage();
  await page.goto(await servePage("<!doctype html><html lang=en><title>x</title><img><table width=9000><td>x</table>"));
  expect(await seriousBarriers(page)).toEqual([expect.stringMatching(/^image-alt:/)]);
  expect(await sidewaysOverflow(page)).toBeGreaterThan(7000);
});

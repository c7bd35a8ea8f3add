import type { Locator, Page } from "playwright-core";
import type { AttemptState, TimelineEntry, Verification } from "wudun-ota";
import type { WatchedContext } from "./browser.js";

/** What the operator types into the connect form. */
export interface Credentials {
  url: string;
  productKey?: string;
  username?: string;
  password?: string;
  observeOnly?: boolean;
  protocol?: "MQTT 5" | "MQTT 3.1.1";
}

/** What the operator types into the command form; what is left out stays as it is. */
export interface Draft {
  device?: string;
  subDevice?: string;
  source?: string;
  downloadUrl?: string;
  md5?: string;
  version?: string;
  commit?: string;
  traceId?: string;
}

const LABELS: readonly (readonly [keyof Draft, string])[] = [
  ["device", "Device"],
  ["subDevice", "Sub-device"],
  ["source", "Update target"],
  ["downloadUrl", "Download URL"],
  ["md5", "MD5"],
  ["version", "Expected version"],
  ["commit", "Expected commit"],
  ["traceId", "Trace id"],
];

/** A command that needs no file, for tests where the test itself speaks as the gateway. */
export const PLAIN_DRAFT: Draft = {
  device: "gw-1",
  source: "ems_II",
  downloadUrl: "https://files.example/ems.bin",
  md5: "0cc175b9c0f1b6a831c399e269772661",
  version: "1.1.0",
};

export type Room = "Connect" | "Firmware" | "Compose" | "Watch";

/** The console as an operator uses it: by the names that are on the screen. */
export class Console {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the console in a new tab, in English. */
  static async open({ context }: WatchedContext, url: string): Promise<Console> {
    const page = await context.newPage();
    await page.goto(url);
    const console = new Console(page);
    await console.state("Connect").waitFor();
    return console;
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true }).and(this.page.locator("input"));
  }

  async go(room: Room): Promise<void> {
    await this.page.getByTestId(`nav-${room.toLowerCase()}`).click();
  }

  /** The line under a room's name, which says how far it is. */
  state(room: Room): Locator {
    return this.page.getByTestId(`state-${room.toLowerCase()}`);
  }

  /** Waits until the connection is as the rail should say. */
  async online(state = /^(Connected|Observing) ·/): Promise<void> {
    await this.state("Connect").filter({ hasText: state }).waitFor();
  }

  async fillConnection({ url, productKey = "demo", ...rest }: Credentials): Promise<void> {
    const form = this.page.getByTestId("connect-form");
    const other = this.button("Another broker");
    await form.or(other).waitFor();
    if (await other.isVisible()) await other.click();
    await this.field("Broker URL").fill(url);
    await this.field("Product key").fill(productKey);
    if (rest.username !== undefined) await this.field("User name").fill(rest.username);
    if (rest.password !== undefined) await this.field("Password").fill(rest.password);
    if (rest.protocol) await form.getByText(rest.protocol, { exact: true }).click();
    if (rest.observeOnly) await form.getByText("Observe only", { exact: true }).click();
  }

  async connect(credentials: Credentials): Promise<void> {
    await this.fillConnection(credentials);
    await this.button("Connect").click();
    await this.online();
  }

  /** Drops a file on the firmware room, as the desktop does. */
  async dropFirmware(path: string): Promise<void> {
    const zone = this.page.getByText("Drop a firmware file here");
    await zone.waitFor();
    const box = await zone.boundingBox();
    if (!box) throw new Error("there is nowhere to drop a file");
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    const session = await this.page.context().newCDPSession(this.page);
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, ...at, data });
    }
    await session.detach();
  }

  async compose(draft: Draft): Promise<void> {
    await this.go("Compose");
    for (const [name, label] of LABELS) {
      const value = draft[name];
      if (value !== undefined) await this.field(label).fill(value);
    }
    // The list of known devices would lie over the rest of the form.
    await this.page.locator("h1").click();
  }

  /** Opens the question that names device and file. */
  async review(): Promise<Locator> {
    await this.button("Review and send").click();
    const dialog = this.dialog();
    await dialog.waitFor();
    return dialog;
  }

  /** Reviews, confirms and sends what is in the form; the upgrade is then in sight. */
  async send(): Promise<void> {
    const dialog = await this.review();
    await dialog.getByRole("button", { name: "Send the upgrade" }).click();
    await this.detail().waitFor();
  }

  dialog(): Locator {
    return this.page.getByRole("alertdialog");
  }

  detail(): Locator {
    return this.page.getByTestId("detail");
  }

  /** Waits until the upgrade in sight is in a state. */
  async reached(state: AttemptState, verification?: Verification): Promise<void> {
    await this.detail().locator(`[data-testid=attempt-state][data-state=${state}]`).waitFor();
    if (verification === undefined) return;
    await this.detail().locator(`[data-testid=attempt-verification][data-verification=${verification}]`).waitFor();
  }

  /** Entries of one kind on the timeline in sight. */
  timeline(kind: TimelineEntry["kind"]): Locator {
    return this.detail().locator(`[data-testid=timeline-entry][data-kind=${kind}]`);
  }
}

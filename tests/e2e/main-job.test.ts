import { describe, expect } from "vitest";
import { type OnEnd, test } from "../support/browser.js";
import { type BystanderOptions, standBy } from "../support/bystander.js";
import { Console } from "../support/console.js";
import { startMosquitto } from "../support/mosquitto.js";
import { DEVICE, makeImage, NEW_VERSION, type Stage, stageDemo, stageMosquitto } from "../support/stage.js";

interface Setting {
  broker: string;
  stage: (onEnd: OnEnd) => Promise<Stage>;
  connect: (console: Console, stage: Stage) => Promise<void>;
  bystander: BystanderOptions;
  protocol: "MQTT 5" | "MQTT 3.1.1";
}

const USERS = { operator: "s3cret pässword", gateway: "gw", watcher: "w" };

const mosquitto: Setting["stage"] = async (onEnd) => {
  const broker = await startMosquitto({ users: USERS });
  onEnd(() => broker.stop());
  return stageMosquitto(broker, { password: USERS.gateway });
};

const SETTINGS: Setting[] = [
  {
    broker: "the embedded broker",
    stage: () => stageDemo(),
    connect: (console) => console.button("Connect to the demonstration").click(),
    // This broker speaks 3.1.1 only, and takes nothing but upgrade topics.
    bystander: { protocolVersion: 4, mark: "v1/wudun/demo/bystander/ota/upgrade/result" },
    protocol: "MQTT 3.1.1",
  },
  {
    broker: "Mosquitto with a password, by itself",
    stage: mosquitto,
    connect: (console, { brokerUrl: url }) => console.connect({ url, username: "operator", password: USERS.operator }),
    bystander: { username: "watcher", password: USERS.watcher },
    protocol: "MQTT 5",
  },
  {
    broker: "Mosquitto with a password, 3.1.1 chosen",
    stage: mosquitto,
    connect: (console, { brokerUrl: url }) =>
      console.connect({ url, username: "operator", password: USERS.operator, protocol: "MQTT 3.1.1" }),
    bystander: { username: "watcher", password: USERS.watcher },
    protocol: "MQTT 3.1.1",
  },
];

describe.each(SETTINGS)("the whole job over $broker", ({ stage, connect, bystander, protocol }) => {
  test("ends in a verified success", async ({ openBrowser, onEnd }) => {
    const { url, brokerUrl, ...rest } = await stage(onEnd).then((made) => {
      onEnd(() => made.close());
      return made;
    });
    const image = await makeImage();
    onEnd(image.remove);
    const wire = await standBy(brokerUrl, bystander);
    onEnd(wire.close);
    const console = await Console.open(await openBrowser(), url);
    const { page } = console;

    await connect(console, { url, brokerUrl, ...rest });
    await console.online(new RegExp(`^Connected · ${protocol}$`));

    await console.go("Firmware");
    await console.dropFirmware(image.path);
    await page.getByText("On the firmware host; the address is filled in.").waitFor();
    const hashes = (await page.getByRole("main").textContent()) ?? "";
    expect(hashes.replaceAll(/\s/g, "")).toContain(image.md5);
    expect(hashes.replaceAll(/\s/g, "")).toContain(image.sha256);

    await page.getByRole("link", { name: "Compose the command" }).click();
    expect(await console.field("MD5").inputValue()).toBe(image.md5);
    expect(await console.field("Download URL").inputValue()).toMatch(new RegExp(`/firmware/${image.name}$`));
    await console.compose({ device: DEVICE, version: NEW_VERSION });

    const dialog = await console.review();
    await dialog.getByRole("heading", { name: `Upgrade ${DEVICE}?` }).waitFor();
    expect(await dialog.getByText(image.name, { exact: true }).isVisible()).toBe(true);
    const shown = {
      topic: await dialog.getByTestId("topic").textContent(),
      payload: (await dialog.locator("pre").textContent()) ?? "",
    };
    expect(await wire.commands()).toEqual([]);
    await dialog.getByRole("button", { name: "Send the upgrade" }).click();

    await console.reached("succeeded", "verified");
    for (const kind of ["opened", "sent", "acknowledged", "echo"] as const) await console.timeline(kind).waitFor();
    expect(await console.timeline("result").locator("[data-matched-by=subject]").count()).toBe(2);
    expect(await wire.commands()).toEqual([expect.objectContaining({ ...shown, qos: 1, retain: false })]);
    expect(JSON.parse(shown.payload)).toMatchObject({ device_uid: DEVICE, data: { md5_code: image.md5 } });
    await page
      .getByRole("row", { name: new RegExp(DEVICE) })
      .getByText("Verified")
      .waitFor();
  });
});

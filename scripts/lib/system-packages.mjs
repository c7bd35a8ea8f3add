// Programs of the operating system that the tests need: a browser with its driver, and a broker.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ask, run } from "./run.mjs";

/** Debian's package by what it must bring. */
const needed = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  "chromium-driver": ["chromedriver"],
  mosquitto: ["mosquitto"],
  "mosquitto-clients": ["mosquitto_passwd", "mosquitto_pub"],
};

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** The program's path, or `undefined` where it is not installed. */
export function find(program) {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

const missing = () => Object.keys(needed).filter((name) => !needed[name].some(find));

/** apt-get, when this user may install with it. */
async function installer() {
  if (!find("apt-get")) return undefined;
  if (process.getuid?.() === 0) return ["apt-get"];
  return (await ask("sudo", ["-n", "true"])) === undefined ? undefined : ["sudo", "-n", "apt-get"];
}

/** @type {import("./steps.mjs").Step} */
export const systemPackagesStep = {
  id: "system-packages",
  title: "Installing Chromium, chromedriver and Mosquitto",
  needed: () => missing().length > 0,
  work: async () => {
    const names = missing();
    const apt = await installer();
    if (!apt) {
      throw new Error(`Please install these and run again: ${names.join(", ")} (Debian's names of the packages)`);
    }
    const [program, ...first] = apt;
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run(program, [...first, "update"], { env });
    await run(program, [...first, "install", "-y", "--no-install-recommends", ...names], { env });
  },
};

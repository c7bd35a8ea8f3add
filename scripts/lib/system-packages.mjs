// Programs of the operating system that the tests need: a browser with its driver, and a broker; other browsers for
// `npm run test:package`.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ask, run } from "./run.mjs";

/** What each of Debian's packages must bring. */
const programs = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  "chromium-driver": ["chromedriver"],
  mosquitto: ["mosquitto"],
  "mosquitto-clients": ["mosquitto_passwd", "mosquitto_pub"],
};
/** Of WebKit's ports, the first comes with a small browser for a display, the other with one that needs none. */
const engines = {
  "firefox-esr": ["firefox-esr"],
  "webkit2gtk-driver": ["WebKitWebDriver"],
  xvfb: ["Xvfb"],
  cog: ["cog"],
};

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** The program's path, or `undefined` where it is not installed. */
export function find(program) {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** apt-get, when this user may install with it. */
async function installer() {
  if (!find("apt-get")) return undefined;
  if (process.getuid?.() === 0) return ["apt-get"];
  return (await ask("sudo", ["-n", "true"])) === undefined ? undefined : ["sudo", "-n", "apt-get"];
}

/**
 * @param {string} id
 * @param {string} title
 * @param {Record<string, string[]>} needed
 * @returns {import("./steps.mjs").Step}
 */
function installing(id, title, needed) {
  const missing = () => Object.keys(needed).filter((name) => !needed[name].some(find));
  return {
    id,
    title,
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
}

export const systemPackagesStep = installing(
  "system-packages",
  "Installing Chromium, chromedriver and Mosquitto",
  programs,
);
export const enginesStep = installing("engines", "Installing Firefox and WebKit", engines);

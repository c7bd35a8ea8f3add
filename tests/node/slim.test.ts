/** `/slim` and its subpaths: one core, which `init` supplies to all of them. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

const use = `
  const codeOf = (run) => {
    try {
      return typeof run();
    } catch (error) {
      return slim.OtaError.is(error) ? error.code : String(error);
    }
  };
  (async () => {
    const track = () => tracker.createTracker();
    const said = [codeOf(track)];
    let compiled = 0;
    const { compile } = WebAssembly;
    WebAssembly.compile = (bytes) => {
      compiled++;
      return compile(bytes);
    };
    await slim.init(readFileSync(wasm));
    const one = track();
    const { md5 } = await firmware.hashFirmware(new Uint8Array());
    said.push(one.counts().total, md5, slim.compareMd5(md5, md5), compiled);
    const topic = "v1/user/acme/gw-0001/ota/upgrade/command";
    said.push(codeOf(() => one.open({ topic, command: "{}" }, 0)));
    console.log(JSON.stringify(said));
  })();
`;
const modules = `
  import { readFileSync } from "node:fs";
  import * as slim from "wudun-ota/slim";
  import * as firmware from "wudun-ota/slim/firmware";
  import * as tracker from "wudun-ota/slim/tracker";
  const wasm = new URL(import.meta.resolve("wudun-ota/core.wasm"));
`;
const commonJs = `
  const { readFileSync } = require("node:fs");
  const slim = require("wudun-ota/slim");
  const firmware = require("wudun-ota/slim/firmware");
  const tracker = require("wudun-ota/slim/tracker");
  const wasm = require.resolve("wudun-ota/core.wasm");
`;

test.each([
  ["modules", modules, "module"],
  ["CommonJS", commonJs, "commonjs"],
])("subpaths use the core that init was given: %s", async (_, load, type) => {
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, "--eval", load + use], { cwd: here });
  expect(JSON.parse(stdout)).toEqual([
    "core-not-loaded",
    0,
    "d41d8cd98f00b204e9800998ecf8427e",
    true,
    1,
    "field-missing",
  ]);
});

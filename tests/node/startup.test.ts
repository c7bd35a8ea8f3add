import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const entries = ["wudun-ota", "wudun-ota/slim", "wudun-ota/client", "wudun-ota/simulator", "wudun-ota/node"];

/** Tells what is asked of `WebAssembly` while the entries are loaded, and then by two first calls. */
const ask = (load: string) => `
  const asked = [];
  for (const name of ["Module", "Instance", "compile", "instantiate"]) {
    const note = (call) => (...args) => { asked.push(name); return call(...args); };
    WebAssembly[name] = new Proxy(WebAssembly[name], { construct: note(Reflect.construct), apply: note(Reflect.apply) });
  }
  const [{ md5 }] = ${load};
  const atImport = asked.splice(0);
  const digests = [md5(new Uint8Array()), md5(new Uint8Array())];
  console.log(JSON.stringify({ atImport, asked, digests }));
`;
const list = JSON.stringify(entries);

test.each([
  ["module", `await Promise.all(${list}.map((entry) => import(entry)))`],
  ["commonjs", `${list}.map((entry) => require(entry))`],
])("importing compiles nothing, the first call does, once: %s", async (type, load) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--input-type=${type}`, "--eval", `(async () => {${ask(load)}})()`],
    { cwd: fileURLToPath(new URL("..", import.meta.url)) },
  );
  const empty = "d41d8cd98f00b204e9800998ecf8427e";
  expect(JSON.parse(stdout)).toEqual({ atImport: [], asked: ["Module", "Instance"], digests: [empty, empty] });
});

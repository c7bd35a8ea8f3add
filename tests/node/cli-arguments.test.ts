import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkWords, readArguments } from "../../pkg/src/cli/arguments.js";
import { BadValue, optionOf } from "../../pkg/src/cli/command-line.js";
import { width } from "../../pkg/src/cli/terminal.js";
import { jsonLines, runCli } from "../support/cli.js";

const none = { en: "", zh: "" };
const digits = (text: string) => {
  if (!/^\d+$/.test(text)) throw new BadValue({ en: "digits only", zh: "仅限数字" });
  return Number(text);
};
const OPTIONS = [
  optionOf("-y, --yes", none),
  optionOf("-v, --very-loud", none),
  optionOf("-c, --check <LIST>", none),
  optionOf("--port <number>", none, { parse: digits }),
  optionOf("--device <uid>", none, { repeats: true }),
  optionOf("--file <path>", none, { conflicts: ["--check"] }),
];
const read = (...args: string[]) => readArguments(args, OPTIONS);

describe("readArguments", () => {
  test.each([
    [[], {}, []],
    [["a", "--yes", "b"], { yes: true }, ["a", "b"]],
    [["--port", "80"], { port: 80 }, []],
    [["--port=80"], { port: 80 }, []],
    [["--check=a=b"], { check: "a=b" }, []],
    [["--check="], { check: "" }, []],
    [["-c", "list"], { check: "list" }, []],
    [["-clist"], { check: "list" }, []],
    [["-yc", "list", "-v"], { yes: true, check: "list", veryLoud: true }, []],
    [["--check", "--yes"], { check: "--yes" }, []],
    [["-c", "-"], { check: "-" }, []],
    [["-", "--", "--yes", "--"], {}, ["-", "--yes", "--"]],
    [["--device", "a", "--device=b"], { device: ["a", "b"] }, []],
    [["-c", "one", "-c", "two"], { check: "two" }, []],
  ])("%j", (args, options, words) => {
    expect(readArguments(args, OPTIONS)).toEqual({ options, words });
  });

  test("up to the first word", () => {
    expect(readArguments(["-y", "md5", "--nonsense", "--"], OPTIONS, true)).toEqual({
      options: { yes: true },
      words: ["md5", "--nonsense", "--"],
    });
  });

  test.each([
    [["--yess"], "unknown option '--yess'\n(Did you mean --yes?)", "未知选项：'--yess'（是否想用 --yes？）"],
    [["--password=hunter22"], "unknown option '--password'", "未知选项：'--password'"],
    [["-yx"], "unknown option '-x'", "未知选项：'-x'"],
    [["--yes=1"], "option '--yes' takes no value", "选项 '--yes' 不带值"],
    [["--port"], "option '--port <number>' lacks its value", "选项缺少值：'--port <number>'"],
    [["--port", "x"], "option '--port' cannot be 'x': digits only", "选项 '--port' 的值 'x' 无效：仅限数字"],
    [["--file", "a", "-c", "b"], "'--check <LIST>' cannot be used with option '--file <path>'", "选项互相冲突"],
    [["-c", "b", "--file", "a"], "'--file <path>' cannot be used with option '--check <LIST>'", "选项互相冲突"],
  ])("%j is wrong usage", (args, en, zh) => {
    expect(() => read(...args)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: "usage",
        text: { en: expect.stringContaining(en), zh: expect.stringContaining(zh) },
      }),
    );
  });

  test("words are counted", () => {
    const file = { name: "[file]", text: none };
    const url = { name: "<url>", text: none };
    const any = { name: "[file...]", text: none };
    for (const [words, expected] of [
      [[], [file]],
      [["a"], [url]],
      [["a", "b", "c"], [any]],
    ] as const) {
      expect(() => checkWords(words, expected)).not.toThrow();
    }
    expect(() => checkWords([], [url])).toThrow("missing argument <url>");
    expect(() => checkWords(["a", "b"], [file])).toThrow("too many arguments: 2 are given, 1 is expected");
  });
});

test("wrong usage is one object as JSON, in words on standard error", async () => {
  for (const [args, en] of [
    [["upgrad"], "unknown command 'upgrad'\n(Did you mean upgrade?)"],
    [["help", "upgrad"], "unknown command 'upgrad'\n(Did you mean upgrade?)"],
    [["decode", "a", "b"], "too many arguments: 2 are given, 1 is expected"],
    [["preflight"], "missing argument <url>"],
  ] as const) {
    const { code, out, err } = await runCli([...args, "--json"]);
    expect({ code, err }).toEqual({ code: 2, err: `error: ${en}\nrun it with --help for examples\n` });
    expect(jsonLines(out)).toEqual([
      { error: { code: "usage", message: { en, zh: expect.stringMatching(/\p{Script=Han}/u) } } },
    ]);
  }
});

test("help, wherever it is asked for, fits the terminal", async () => {
  const asked = await Promise.all(
    [
      ["md5", "--help"],
      ["help", "md5"],
      ["--help", "md5"],
      ["md5", "--nonsense", "-h"],
    ].map((args) => runCli(args)),
  );
  for (const one of asked) expect(one).toEqual(asked[0]);
  expect(asked[0]?.out).toMatch(/^Usage: wudun-ota md5 \[options\] \[file\.\.\.\]\n\nprint the MD5 /);
  for (const language of ["en", "zh"]) {
    const { code, out } = await runCli(["help", "--lang", language]);
    expect(code).toBe(0);
    for (const line of out.split("\n")) expect(width(line), line).toBeLessThanOrEqual(80);
    expect(
      out.match(/^ {2}(md5|command|decode|validate|preflight|upgrade|replay|watch|simulate|console|help) /gm),
    ).toHaveLength(11);
  }
});

describe("what a command loads", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wudun-ota-start-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What of Node a run has loaded, and how many times it compiled WebAssembly. */
  async function loads(...args: string[]): Promise<{ modules: string[]; compiled: number }> {
    const hook = join(folder, "hook.cjs");
    await writeFile(
      hook,
      `let compiled = 0;
      const { compile } = WebAssembly;
      WebAssembly.compile = (bytes) => { compiled++; return compile(bytes); };
      process.on("exit", () => {
        const modules = process.moduleLoadList.flatMap((name) => /^NativeModule (.*)/.exec(name)?.[1] ?? []);
        console.error("\\n" + JSON.stringify({ modules, compiled }));
      });`,
    );
    const { err } = await runCli(args, { env: { NODE_OPTIONS: `--require "${hook}"` } });
    return JSON.parse(err.split("\n").at(-2) ?? "");
  }
  /** Each takes milliseconds. */
  const SLOW = [
    "http",
    "https",
    "crypto",
    "worker_threads",
    "readline",
    "child_process",
    "internal/deps/undici/undici",
  ];

  test("nothing for the version and the help", async () => {
    for (const args of [["--version"], ["--help"], ["upgrade", "--help"], ["nonsense"]]) {
      const { modules, compiled } = await loads(...args);
      expect({ compiled, slow: modules.filter((name) => SLOW.includes(name)) }).toEqual({ compiled: 0, slow: [] });
    }
  });

  test("the core alone for a file or a message, threads for many files", async () => {
    const path = join(folder, "message.json");
    await writeFile(path, "{}");
    for (const args of [
      ["md5", path],
      ["validate", path],
    ]) {
      const { modules, compiled } = await loads(...args);
      expect({ compiled, slow: modules.filter((name) => SLOW.includes(name)) }).toEqual({ compiled: 1, slow: [] });
    }
    const images = [0, 1].map((index) => join(folder, `${index}.bin`));
    for (const image of images) await writeFile(image, new Uint8Array(20 << 20));
    expect((await loads("md5", ...images)).modules).toContain("worker_threads");
  });
});

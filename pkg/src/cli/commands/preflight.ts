import { compareMd5, type Diagnostic, safeBuildCommand, type Text } from "../../index.js";
import type { CliCommand } from "../command-line.js";
import { usage } from "../failure.js";
import { type Fetched, fetchAndHash } from "../fetch.js";
import { parseMd5 } from "../options.js";
import type { Output } from "../output.js";
import { type Progress, startProgress } from "../progress.js";
import { redact, redactUrls } from "../secrets.js";
import { pad, printable, width } from "../terminal.js";
import { TEXT } from "../text.js";

interface PreflightOptions {
  md5?: string;
}

export function addPreflightCommand(command: CliCommand): void {
  command
    .summary({
      en: "download a firmware URL as a device would, and report what it gives",
      zh: "像设备一样下载固件地址，并报告结果",
    })
    .argument("<url>", { en: "the URL that the command would carry", zh: "命令中将携带的地址" })
    .value(
      "--md5 <hex>",
      { en: "compare with this MD5; exit 1 when it differs", zh: "与该 MD5 比较；不一致时退出码为 1" },
      parseMd5,
    )
    .more({
      en: "The file is read to its end and not kept. It is fetched from here: a device may stand in another network.",
      zh: "文件会被完整读取但不保存。下载从本机进行：设备可能处在另一个网络。",
    })
    .examples(
      "wudun-ota preflight https://files.example/ems.bin",
      'wudun-ota preflight https://files.example/ems.bin --md5 "$(wudun-ota md5 ems.bin | cut -c1-32)"',
    )
    .action(async (output, { md5: expected }: PreflightOptions, [url = ""]) => {
      const findings = urlFindings(url);
      output.findings(findings);
      let progress: Progress | undefined;
      const fetched = await fetchAndHash(url, (bytes, total) => {
        progress ??= startProgress(output, TEXT.fetching, total);
        progress.at(bytes);
      }).finally(() => progress?.end());
      const warnings = warningsOf(url, fetched);
      for (const warning of warnings) output.warn(warning);
      const matches = expected === undefined ? undefined : compareMd5(expected, fetched.md5);
      if (output.json) {
        output.object(redactUrls({ requested: url, ...fetched, expected, matches, diagnostics: findings, warnings }));
      } else {
        print(output, url, fetched);
      }
      if (expected !== undefined) {
        if (matches) output.note(TEXT.md5Same);
        else output.error(TEXT.md5Differs(expected));
      }
      return matches === false ? 1 : 0;
    });
}

/** What the core has to say about the URL, as it would inside a command. */
function urlFindings(url: string): Diagnostic[] {
  const built = safeBuildCommand({ device: "-", source: "-", downloadUrl: url, md5: "0".repeat(32) });
  const found = (built.ok ? built.value.diagnostics : built.error.diagnostics).filter(
    ({ path }) => path === "/data/download_url",
  );
  if (found.some(({ severity }) => severity === "error")) {
    throw usage(
      /^https?:/i.test(url) ? { en: "not a usable download URL", zh: "不是可用的下载地址" } : TEXT.urlScheme,
      found,
    );
  }
  return found;
}

function warningsOf(url: string, fetched: Fetched): Text[] {
  const warnings: Text[] = [];
  if (fetched.redirects.length > 0) warnings.push(TEXT.redirectNote);
  const schemes = [url, ...fetched.redirects.map((hop) => hop.url)].map((hop) => new URL(hop).protocol);
  if (schemes.some((scheme, index) => scheme === "http:" && schemes[index - 1] === "https:")) {
    warnings.push(TEXT.redirectDowngrade);
  }
  if (fetched.contentEncoding !== undefined && fetched.contentEncoding !== "identity") {
    warnings.push(TEXT.contentEncoded(printable(fetched.contentEncoding)));
  }
  if (fetched.size === 0) warnings.push(TEXT.emptyFile);
  return warnings;
}

const ROWS = {
  url: { en: "URL", zh: "地址" },
  redirect: { en: "redirect", zh: "重定向" },
  size: { en: "size", zh: "大小" },
  type: { en: "content type", zh: "内容类型" },
  duration: { en: "duration", zh: "耗时" },
  none: { en: "(none)", zh: "（无）" },
  bytes: { en: "bytes", zh: "字节" },
} satisfies Record<string, Text>;

function print(output: Output, url: string, fetched: Fetched): void {
  const rows: [string, string][] = [
    [output.say(ROWS.url), url],
    ...fetched.redirects.map((hop): [string, string] => [output.say(ROWS.redirect), `${hop.status} → ${hop.url}`]),
    [output.say(ROWS.size), `${fetched.size} ${output.say(ROWS.bytes)}`],
    ["MD5", fetched.md5],
    ["SHA-256", fetched.sha256],
    [output.say(ROWS.type), fetched.contentType ?? output.say(ROWS.none)],
    [output.say(ROWS.duration), `${(fetched.durationMs / 1000).toFixed(2)} s`],
  ];
  const columns = Math.max(...rows.map(([name]) => width(name)));
  for (const [name, value] of rows) {
    output.line(`${output.paint("dim", pad(name, columns))}  ${redact(printable(value))}`);
  }
}

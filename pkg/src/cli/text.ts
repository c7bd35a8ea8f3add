import type { Text } from "../index.js";

/** What the command line says for itself. What the core says comes from the core. */
export const TEXT = {
  stdinName: { en: "<stdin>", zh: "<标准输入>" },
  stdoutName: { en: "<stdout>", zh: "<标准输出>" },
  internal: (detail: string): Text => ({
    en: `internal error, please report it: ${detail}`,
    zh: `内部错误，请反馈：${detail}`,
  }),
  help: { en: "run it with --help for examples", zh: "使用 --help 查看示例" },

  namespaceNeeded: {
    en: "say which namespace: --product-key KEY, --tenant NAME or --prefix PREFIX",
    zh: "请指定命名空间：--product-key KEY、--tenant NAME 或 --prefix PREFIX",
  },
  namespaceOnce: {
    en: "--product-key, --tenant and --prefix exclude each other",
    zh: "--product-key、--tenant 和 --prefix 不能同时使用",
  },
  md5Needed: { en: "give the MD5: --md5 HEX or --file FILE", zh: "请提供 MD5：--md5 HEX 或 --file FILE" },
  md5Malformed: { en: "--md5 takes 32 hexadecimal digits", zh: "--md5 需要 32 位十六进制数字" },
  optionNeeded: (flag: string): Text => ({ en: `${flag} is required`, zh: `缺少必需的选项 ${flag}` }),
  choice: (choices: string): Text => ({ en: `choose one of: ${choices}`, zh: `可选值：${choices}` }),
  durationMalformed: {
    en: "a duration is a number with ms, s, m or h, such as 90s",
    zh: "时长为数字加 ms、s、m 或 h，例如 90s",
  },
  numberMalformed: (from: number, to: number): Text => ({
    en: `a whole number from ${from} to ${to} is expected`,
    zh: `需要 ${from} 到 ${to} 之间的整数`,
  }),

  brokerMalformed: {
    en: "--broker takes a URL such as wss://broker.example:443/mqtt (ws, wss, mqtt or mqtts)",
    zh: "--broker 需要形如 wss://broker.example:443/mqtt 的地址（ws、wss、mqtt 或 mqtts）",
  },
  brokerOddAt: {
    en: "--broker has an @ after the host; in a user name or password write / as %2F, ? as %3F, # as %23 and @ as %40",
    zh: "--broker 的主机之后出现了 @；用户名或密码中请将 / 写作 %2F、? 写作 %3F、# 写作 %23、@ 写作 %40",
  },
  keyNeedsCert: { en: "--cert and --key belong together", zh: "--cert 和 --key 必须一起使用" },
  promptNeedsTerminal: {
    en: "--password-prompt needs a terminal; set WUDUN_OTA_PASSWORD instead",
    zh: "--password-prompt 需要终端；请改用环境变量 WUDUN_OTA_PASSWORD",
  },
  passwordPrompt: (broker: string): Text => ({ en: `Password for ${broker}: `, zh: `${broker} 的密码：` }),
  passwordInClear: {
    en: "the password crosses the network unencrypted; use wss:// or mqtts://",
    zh: "密码将以明文在网络上传输；请使用 wss:// 或 mqtts://",
  },
  passwordInUrl: {
    en: "other users of this machine can see a password on the command line; use WUDUN_OTA_PASSWORD or the prompt",
    zh: "本机其他用户可以看到命令行中的密码；请使用 WUDUN_OTA_PASSWORD 或提示输入",
  },
  interrupted: { en: "interrupted", zh: "已中断" },
  connected: (broker: string, version: number): Text => ({
    en: `connected to ${broker} (MQTT ${version === 5 ? "5" : "3.1.1"})`,
    zh: `已连接到 ${broker}（MQTT ${version === 5 ? "5" : "3.1.1"}）`,
  }),
  reconnecting: { en: "connection lost, reconnecting", zh: "连接已断开，正在重新连接" },

  fileProblem: (file: string, problem: Text): Text => ({
    en: `${file}: ${problem.en}`,
    zh: `${file}：${problem.zh}`,
  }),
  hashing: (file: string): Text => ({ en: `hashing ${file}`, zh: `正在计算 ${file}` }),
  hashingMany: (count: number): Text => ({ en: `hashing ${count} files`, zh: `正在计算 ${count} 个文件` }),
  md5Nothing: {
    en: "name files, folders or - to hash, or a list with --check",
    zh: "请指定文件、文件夹或 -，或用 --check 指定列表",
  },
  md5CheckAlone: {
    en: "--check takes the files from its list: name no others",
    zh: "--check 使用列表中的文件：不能再指定其他文件",
  },
  md5ListEmpty: (list: string): Text => ({
    en: `${list}: no line as md5sum writes it`,
    zh: `${list}：没有 md5sum 格式的行`,
  }),
  md5ListBad: (count: number): Text => ({
    en: count === 1 ? "1 line is not as md5sum writes it" : `${count} lines are not as md5sum writes them`,
    zh: `${count} 行不是 md5sum 格式`,
  }),
  md5ListUnreadable: (count: number): Text => ({
    en: count === 1 ? "1 listed file could not be read" : `${count} listed files could not be read`,
    zh: `${count} 个列出的文件无法读取`,
  }),
  md5ListDiffer: (count: number): Text => ({
    en: count === 1 ? "1 MD5 did NOT match" : `${count} MD5s did NOT match`,
    zh: `${count} 个 MD5 不一致`,
  }),

  urlScheme: { en: "only http and https URLs can be fetched", zh: "只能获取 http 或 https 地址" },
  fetching: { en: "fetching", zh: "正在下载" },
  fetchFailed: (problem: string): Text => ({ en: `the download failed: ${problem}`, zh: `下载失败：${problem}` }),
  fetchStalled: { en: "nothing arrived for 30 seconds", zh: "30 秒内没有收到数据" },
  fetchCut: {
    en: "the connection ended before the whole file had arrived",
    zh: "文件尚未收完，连接就已断开",
  },
  fetchStatus: (status: number): Text => ({
    en: `the server answered ${status}; a device could not download this`,
    zh: `服务器返回 ${status}；设备将无法下载`,
  }),
  redirectsTooMany: (count: number): Text => ({
    en: `more than ${count} redirects`,
    zh: `重定向超过 ${count} 次`,
  }),
  redirectBad: { en: "the server redirects to no http or https URL", zh: "服务器重定向到了非 http/https 地址" },
  redirectDowngrade: {
    en: "a redirect leads from https to http: the rest of the way is unencrypted",
    zh: "重定向从 https 转到了 http：之后的传输不加密",
  },
  redirectNote: {
    en: "the URL redirects; not every device follows redirects",
    zh: "该地址会重定向；并非所有设备都会跟随重定向",
  },
  contentEncoded: (encoding: string): Text => ({
    en: `the server sends the file encoded as ${encoding}; the MD5 is of the bytes as sent`,
    zh: `服务器以 ${encoding} 编码发送文件；MD5 按收到的原始字节计算`,
  }),
  emptyFile: { en: "the file is empty", zh: "文件为空" },
  md5Same: { en: "the MD5 is the expected one", zh: "MD5 与期望值一致" },
  md5Differs: (expected: string): Text => ({
    en: `the MD5 differs from the expected ${expected}`,
    zh: `MD5 与期望值 ${expected} 不一致`,
  }),

  gatewaysRunning: (count: number, broker: string): Text => ({
    en: `${count === 1 ? "1 gateway listens" : `${count} gateways listen`} at ${broker} (Ctrl-C ends)`,
    zh: `${count} 台模拟网关已连接 ${broker}（按 Ctrl-C 结束）`,
  }),
  consoleServing: {
    en: "the console is served at this address (Ctrl-C ends it)",
    zh: "控制台已在上述地址提供（按 Ctrl-C 结束）",
  },
} as const;

/** What went wrong with a file, in words. */
export function fileProblem(error: unknown): Text | undefined {
  const code = systemCode(error);
  if (code === undefined) return undefined;
  return PROBLEMS[code] ?? { en: code, zh: code };
}

/** The name of a system error, such as ENOENT. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

const PROBLEMS: Partial<Record<string, Text>> = {
  ENOENT: { en: "no such file", zh: "文件不存在" },
  EACCES: { en: "permission denied", zh: "没有权限" },
  EPERM: { en: "operation not permitted", zh: "操作不被允许" },
  EISDIR: { en: "is a directory", zh: "是一个目录" },
  ENOTDIR: { en: "a part of the path is no directory", zh: "路径中有一部分不是目录" },
  EMFILE: { en: "too many open files", zh: "打开的文件过多" },
  ENOSPC: { en: "no space left", zh: "磁盘空间不足" },
  EROFS: { en: "the file system is read-only", zh: "文件系统为只读" },
  EIO: { en: "input/output error", zh: "输入输出错误" },
  ELOOP: { en: "too many symbolic links", zh: "符号链接层数过多" },
};

import type { AttemptState, Text } from "../index.js";

/** The texts of `upgrade`. */
export const UPGRADE = {
  summary: {
    en: "send an upgrade command to one gateway and follow it to its end",
    zh: "向一台网关下发升级命令，并跟踪到结束",
  },
  expectVersion: { en: "version that must run in the end", zh: "升级后应运行的版本" },
  expectCommit: {
    en: "commit that must run in the end (7 characters or more)",
    zh: "升级后应运行的提交 SHA（至少 7 个字符）",
  },
  acceptUnverified: {
    en: "exit 0 also when the device reports success and nothing confirms the version",
    zh: "设备报告成功但版本无从核对时，退出码也为 0",
  },
  supersede: {
    en: "give up on an earlier upgrade of the same target that has no ending",
    zh: "放弃同一目标上尚未结束的先前升级",
  },
  sendTimeout: {
    en: "time to hand the command to the broker (default 30s)",
    zh: "把命令交给服务器的时限（默认 30s）",
  },
  firstResultTimeout: { en: "time to the first result (default 10m)", zh: "等待第一个结果的时限（默认 10m）" },
  finalResultTimeout: {
    en: "time from prepared to the final result (default 1h)",
    zh: "从“更新已准备”到最终结果的时限（默认 1h）",
  },
  journal: {
    en: "journal file (default: one for each broker and device in the user's state folder)",
    zh: "日志文件（默认：用户状态目录中，每个服务器和设备各一个）",
  },
  resume: {
    en: "go on with the upgrade in the journal; sends nothing, other target options are ignored",
    zh: "继续跟踪日志中的升级；不发送任何内容，忽略其他目标选项",
  },
  yes: { en: "do not ask before sending", zh: "发送前不再询问" },
  exits: {
    en:
      "Exit 0 means verified success: the device reports success and the final\n" +
      "version or commit that was expected. Success without --expect-version or\n" +
      "--expect-commit is unverified and exits 1, unless --accept-unverified is given.\n" +
      "Every other outcome exits 1.",
    zh:
      "退出码 0 表示已核实的成功：设备报告成功，且最终版本或提交与期望一致。\n" +
      "未给出 --expect-version 或 --expect-commit 的成功属于未核实，退出码为 1，除非使用 --accept-unverified。\n" +
      "其他任何结果退出码均为 1。",
  },
  exampleResume: { en: "after a crash or Ctrl-C", zh: "崩溃或 Ctrl-C 之后" },

  yesNeeded: {
    en: "there is no terminal to ask on; give --yes to send without asking",
    zh: "没有可询问的终端；请使用 --yes 直接发送",
  },
  nothingExpected: {
    en: "nothing to verify against: without --expect-version or --expect-commit a success is unverified and exits 1",
    zh: "没有可核对的内容：未给出 --expect-version 或 --expect-commit 时，成功也属于未核实，退出码为 1",
  },
  question: (device: string): Text => ({ en: `Upgrade ${device}?`, zh: `确定升级 ${device}？` }),
  declined: { en: "nothing was sent", zh: "未发送任何内容" },
  busy: {
    en: "nothing was sent; follow the earlier upgrade with --resume, or give it up with --supersede",
    zh: "未发送任何内容；可用 --resume 继续跟踪先前的升级，或用 --supersede 放弃它",
  },
  noJournal: (file: string): Text => ({
    en: `nothing to resume: there is no journal ${file}`,
    zh: `没有可继续的升级：日志 ${file} 不存在`,
  }),
  emptyJournal: {
    en: "nothing to resume: the journal holds no upgrade of this device",
    zh: "没有可继续的升级：日志中没有该设备的升级",
  },
  lookingBack: {
    en: "looking for results that came in the meantime",
    zh: "正在查找期间到达的结果",
  },
  mayStillAct: (device: string): Text => ({
    en: `stopped following; ${device} may still act on the command`,
    zh: `已停止跟踪；${device} 仍可能执行该命令`,
  }),
  howToResume: (line: string): Text => ({ en: `to go on: ${line}`, zh: `继续跟踪：${line}` }),

  device: { en: "device", zh: "设备" },
  target: { en: "update target", zh: "更新目标" },
  file: { en: "file", zh: "文件" },
  url: { en: "download URL", zh: "下载地址" },
  md5: { en: "MD5", zh: "MD5" },
  expected: { en: "expected", zh: "期望" },
  broker: { en: "broker", zh: "服务器" },
  topic: { en: "topic", zh: "主题" },

  verified: (device: string): Text => ({
    en: `verified success: ${device} runs what was expected`,
    zh: `已核实的成功：${device} 运行的正是期望的版本`,
  }),
  unverified: (device: string): Text => ({
    en: `unverified success: ${device} reports success, and nothing confirms which version it runs`,
    zh: `未核实的成功：${device} 报告成功，但无从核对其运行的版本`,
  }),
  mismatched: (device: string): Text => ({
    en: `no success: ${device} reports success, but not with what was expected`,
    zh: `未成功：${device} 报告成功，但与期望不符`,
  }),
  unverifiedHint: {
    en: "expect a version or a commit to have it verified, or accept this with --accept-unverified",
    zh: "请给出期望的版本或提交以便核实，或用 --accept-unverified 接受",
  },
  ended: (device: string, how: Text): Text => ({ en: `${device}: ${how.en}`, zh: `${device}：${how.zh}` }),
  reported: (how: Text): Text => ({ en: `; the device reported: ${how.en}`, zh: `；设备报告：${how.zh}` }),
} as const;

/** How an attempt stands, where no status of the device says it. */
export const STATES: Partial<Record<AttemptState, Text>> = {
  unpublished: { en: "not sent yet", zh: "尚未发送" },
  sent: { en: "sent, no result yet", zh: "已发送，尚无结果" },
  timed_out: { en: "no result in time", zh: "未在时限内收到结果" },
  cancelled: { en: "cancelled", zh: "已取消" },
  not_sent: { en: "could not be sent in time", zh: "未能在时限内发送" },
  refused: { en: "the broker refused the command", zh: "服务器拒绝了命令" },
};

/** What is being waited for. */
export const WAITING = {
  send: { en: "sending", zh: "正在发送" },
  "first-result": { en: "waiting for the first result", zh: "等待第一个结果" },
  "final-result": { en: "waiting for the final result", zh: "等待最终结果" },
} satisfies Record<string, Text>;

import { serveConsole } from "../../node/console-server.js";
import type { CliCommand } from "../command-line.js";
import { anyAborted, Interruption } from "../lifecycle.js";
import { parseInteger } from "../options.js";
import { TEXT } from "../text.js";

interface ConsoleOptions {
  port?: number;
}

const LOOPBACK = "127.0.0.1";

export function addConsoleCommand(command: CliCommand): void {
  command
    .summary({
      en: "serve the admin console on this machine and print its address",
      zh: "在本机提供管理控制台，并输出其地址",
    })
    .waitsForCore("never")
    .value(
      "--port <number>",
      {
        en: "port on 127.0.0.1; the next free one where it is taken (default 8080)",
        zh: "127.0.0.1 上的端口；被占用时取下一个空闲端口（默认 8080）",
      },
      parseInteger(0, 65_535),
    )
    .more({
      en: "Only this machine can open it. The page talks to your broker directly, over WebSocket. Ctrl-C ends it.",
      zh: "只有本机可以打开。页面通过 WebSocket 直接连接您的服务器。按 Ctrl-C 结束。",
    })
    .examples("wudun-ota console", "wudun-ota console --port 8080 --json")
    .action(async (output, { port }: ConsoleOptions) => {
      const interruption = new Interruption();
      const server = await serveConsole({ host: LOOPBACK, ...(port === undefined ? {} : { port }) });
      if (output.json) output.object({ url: server.url });
      else output.line(server.url);
      output.note(TEXT.consoleServing);
      await anyAborted(interruption.signal, output.closed);
      await server.close();
      return 0;
    });
}

/** What only Node can do: a journal in a file, hashing by path, serving the console. */

export {
  type ConsoleOptions,
  type ConsoleServer,
  type DemoInfo,
  isLoopbackHost,
  serveConsole,
} from "./console-server.js";
export { type FileJournal, openFileJournal, readFileJournal } from "./file-journal.js";
export { hashFile } from "./hash-file.js";
export { hashFiles } from "./hash-files.js";
export { listen } from "./listen.js";

// Sends one command and follows it: for tests that kill it, or watch it end by itself.
import { connect } from "wudun-ota/client";
import { openFileJournal } from "wudun-ota/node";

const { url, journal: path, ...request } = JSON.parse(process.argv[2] ?? "");
const journal = await openFileJournal(path);
const client = await connect({ url, namespace: { kind: "wudun", productKey: "test" }, journal });
const upgrade = await client.upgrade(request);
for await (const { attempt, entry } of upgrade) console.log(attempt.id, entry.kind, entry.after.state);
await client.close();
await journal.close();

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** File names and PEM texts of an authority, a server for `localhost` and a client; all by the same authority. */
export interface Certificates {
  files: { ca: string; cert: string; key: string };
  ca: string;
  client: { cert: string; key: string };
  /** Of another authority. */
  stranger: { ca: string; cert: string; key: string };
  remove(): Promise<void>;
}

/** Makes fresh certificates with openssl, for a day. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-tls-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const authority = (name: string) =>
    openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.crt`],
    );
  const signed = async (name: string, subject: string, by: string) => {
    await writeFile(file(`${name}.ext`), "subjectAltName=DNS:localhost\n");
    await openssl(
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", `/CN=${subject}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
    await openssl(
      ...["x509", "-req", "-days", "1", "-in", `${name}.csr`, "-CA", `${by}.crt`, "-CAkey", `${by}.key`],
      ...["-CAcreateserial", "-extfile", `${name}.ext`, "-out", `${name}.crt`],
    );
  };
  await authority("authority");
  await authority("stranger");
  await signed("server", "localhost", "authority");
  await signed("client", "operator", "authority");
  await signed("impostor", "operator", "stranger");
  const read = (name: string) => readFile(file(name), "utf8");
  return {
    files: { ca: file("authority.crt"), cert: file("server.crt"), key: file("server.key") },
    ca: await read("authority.crt"),
    client: { cert: await read("client.crt"), key: await read("client.key") },
    stranger: { ca: await read("stranger.crt"), cert: await read("impostor.crt"), key: await read("impostor.key") },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

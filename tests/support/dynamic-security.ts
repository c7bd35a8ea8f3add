import { pbkdf2Sync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";

/** Topic filters that a user may publish and subscribe to. */
export interface Rights {
  publish: string[];
  subscribe: string[];
}

/**
 * Configuration of Mosquitto's dynamic security plugin, which, unlike an ACL file, can refuse subscriptions.
 * Every password is `secret`.
 */
export async function dynamicSecurity(
  users: Record<string, Rights>,
): Promise<{ config: string[]; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-dynsec-"));
  const file = join(folder, "dynamic-security.json");
  const acl = (acltype: string, topics: string[]) => topics.map((topic) => ({ acltype, topic, allow: true }));
  const names = Object.keys(users);
  await writeFile(
    file,
    JSON.stringify({
      defaultACLAccess: { publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true },
      clients: names.map((username) => ({ username, roles: [{ rolename: username }], ...hashed("secret") })),
      roles: Object.entries(users).map(([rolename, { publish, subscribe }]) => ({
        rolename,
        acls: [...acl("publishClientSend", publish), ...acl("subscribePattern", subscribe)],
      })),
    }),
  );
  return {
    config: [`plugin ${pluginPath()}`, `plugin_opt_config_file ${file}`],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function hashed(password: string) {
  const salt = randomBytes(12);
  const iterations = 101;
  const hash = pbkdf2Sync(password, salt, iterations, 64, "sha512");
  return { password: hash.toString("base64"), salt: salt.toString("base64"), iterations };
}

function pluginPath(): string {
  const machine = arch() === "arm64" ? "aarch64" : "x86_64";
  const places = [`/usr/lib/${machine}-linux-gnu`, "/usr/lib", "/usr/local/lib", "/opt/homebrew/lib"];
  const found = places.map((place) => join(place, "mosquitto_dynamic_security.so")).find((path) => existsSync(path));
  if (found === undefined) throw new Error("Mosquitto's dynamic security plugin is missing: reinstall mosquitto");
  return found;
}

import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from "npm:@nats-io/jwt@0.0.11";
import { createAccount, createOperator, createUser } from "npm:@nats-io/nkeys@2.0.3";

/** A server's configuration with an operator and an account of his, and credentials of a user's there. */
export async function operatedAccount(): Promise<{ config: string; creds: Uint8Array }> {
  const operator = createOperator(), system = createAccount(), account = createAccount(), user = createUser();
  const unlimited = { subs: -1, data: -1, payload: -1 }; // a server takes a missing limit for 0
  const limits = { ...unlimited, conn: -1, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const [systemName, accountName] = [system, account].map((key) => key.getPublicKey());
  const accounts = {
    [systemName]: await encodeAccount("SYS", system, {}, { signer: operator }),
    [accountName]: await encodeAccount("vitrail", account, { limits }, { signer: operator }),
  };
  const config = [
    `operator: ${await encodeOperator("vitrail", operator, { system_account: systemName })}`,
    `system_account: ${systemName}`,
    "resolver: MEMORY",
    `resolver_preload: ${JSON.stringify(accounts)}`,
  ];
  return {
    config: config.join("\n"),
    creds: fmtCreds(await encodeUser("maker", user, account, unlimited), user),
  };
}

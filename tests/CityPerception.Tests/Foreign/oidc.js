// A provider of identities, whose people have any password. Prints its issuer. Whoever's name begins with op is an operator.
// Usage: node oidc.js CLIENT_ID CLIENT_SECRET CALLBACK_PATH
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [client_id, client_secret, callback] = process.argv.slice(2);
let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id,
        client_secret,
        application_type: "native", // so that the port does not count (RFC 8252, 7.3): a test's server has any
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: [`http://127.0.0.1${callback}`],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: id.startsWith("op") ? ["everybody", "city-operators"] : ["everybody"] }),
    }),
  });
  answer = provider.callback();
  console.log(issuer);
});

// The OpenID-certified provider with the clients the tests register, on a free port of this machine.
// Reads its registration as one JSON line from stdin, writes its issuer as one line to stdout.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = JSON.parse((await lines.next()).value);
const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const details = (ctx, source) => {
  const asked = source.rar ?? JSON.parse(ctx.oidc.params.authorization_details ?? '[]');
  const party = { orgno: { authority: 'iso6523-actorid-upis', ID: `0192:${told.organisation}` }, name: 'Laget' };
  return asked.map((one) => ({ ...one, authorized_parties: [party] }));
};
const validate = () => {};

function made() {
  const provider = new Provider(issuer, {
    clients: told.clients,
    jwks: { keys: told.keys },
    cookies: { keys: ['a-secret-of-the-tests'] },
    acrValues: ['idporten-loa-substantial', 'idporten-loa-high', 'substantial', 'high'],
    claims: { openid: ['sub', 'pid'], profile: ['name', 'locale', 'roles'], email: ['email'], acr: null, auth_time: null, sid: null },
    scopes: ['openid', 'profile', 'email'],
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: told.par === true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
      ...(told.details ? {
        resourceIndicators: {
          enabled: true,
          defaultResource: () => 'urn:altinn',
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({ scope: '', accessTokenFormat: 'opaque' }),
        },
        richAuthorizationRequests: {
          enabled: true,
          ack: told.ack,
          types: { 'ansattporten:altinn:resource': { validate }, 'ansattporten:orgno': { validate } },
          authorizationDetailsForGrantSource: details,
          authorizationDetailsForAccessToken: (_ctx, _token, source) => source.rar,
          authorizationDetailsForIntrospection: (_ctx, token) => token.rar,
        },
      } : {}),
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    // The guard against addresses of this machine would refuse the portal under test.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...told.people[id], ...(told.roles ? { roles: told.roles } : {}) }),
    }),
    async loadExistingGrant(ctx) {
      const { provider: here, client, session, params } = ctx.oidc;
      const grant = new here.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope);
      grant.addOIDCClaims(['acr', 'auth_time', 'sid']);
      for (const one of JSON.parse(params.authorization_details ?? '[]')) grant.addRar(one);
      await grant.save();
      return grant;
    },
  });
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'pushed_authorization_request.error', 'backchannel.error', 'end_session.error']) {
    provider.on(event, (...args) => console.error(event, ...args.filter((one) => one instanceof Error).map((one) => `${one.message} ${one.error_description ?? ''}`)));
  }
  provider.on('backchannel.success', () => console.error('backchannel.success'));
  return provider;
}

let provider = made();

async function interact(req, res) {
  const found = await provider.interactionDetails(req, res);
  if (req.method === 'GET') {
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    const people = Object.keys(told.people).map((id) => `<button name="who" value="${id}">${told.people[id].name}</button>`);
    return res.end(`<!doctype html><html lang="nb"><title>Provider</title><form method="post">${people.join('')}</form></html>`);
  }
  let body = '';
  for await (const part of req) body += part;
  const who = new URLSearchParams(body).get('who');
  const acr = told.acr ?? (found.params.acr_values ?? '').split(' ')[0];
  return provider.interactionFinished(req, res, { login: { accountId: who, ...(acr ? { acr } : {}) }, consent: {} }, { mergeWithLastSubmission: false });
}

server.on('request', (req, res) => {
  if (req.url.startsWith('/interaction/')) {
    interact(req, res).catch((error) => { console.error(error); res.statusCode = 500; res.end(); });
    return;
  }
  provider.callback()(req, res);
});

console.log(issuer);
// Every further line changes what was told: keys, clients, level.
for await (const line of lines) {
  Object.assign(told, JSON.parse(line));
  provider = made();
  console.log('changed');
}
server.close();
process.exit(0);

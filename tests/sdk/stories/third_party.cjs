// node-easywechat as the server of a third-party platform. Each step is a process of its own: what the SDK
// has to remember, its ticket and its tokens, is in its own cache.
const { OpenPlatform, ServerRequest } = require('node-easywechat');
const told = require('./told.cjs');

const steps = {
  // What was pushed, as its server reads it, and what it answers.
  async hear(app, { push }) {
    app.setRequest(new ServerRequest('POST', push.url, {}, push.body));
    const server = app.getServer();
    let kind, code;
    server.with(async (message, next) => {
      ({ AuthorizationCode: code } = message);
      kind = message.InfoType ?? message.Event;
      return next(message);
    });
    const answer = await server.serve();
    return { kind, code, answer: answer.getBody().toString() };
  },

  // The page that an administrator is sent to.
  async link(app, { back }) {
    return app.createPreAuthorizationUrl(back);
  },

  async exchange(app, { code }) {
    const authorization = await app.getAuthorization(code);
    return { account: authorization.getAppId(), refresh: authorization.getRefreshToken() };
  },

  // Calls for an account; each is [path, body], or [path] for a GET.
  async call(app, { account, refresh, calls }) {
    const client = (await app.getMiniAppWithRefreshToken(account, refresh)).getClient();
    const answers = [];
    for (const [path, json] of calls) {
      const response = json ? await client.post(path, { json }) : await client.get(path);
      answers.push(response.toObject());
    }
    return answers;
  },
};

told((given) => {
  const app = new OpenPlatform({
    app_id: given.appid,
    secret: given.secret,
    token: given.token,
    aes_key: given.key,
    http: {}, // handed on to the client of an account, which reads it
    file_cache: { path: given.files },
  });
  return steps[given.step](app, given);
});

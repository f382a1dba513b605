// node-easywechat as the server of a Mini Game: log-in, members, a call that is refused, the stable token.
// `http` is its configuration; {} leaves the platform's own host in force.
const { MiniApp } = require('node-easywechat');
const told = require('./told.cjs');

told(async ({ appid, secret, code, stable, http, files }) => {
  const app = new MiniApp({
    app_id: appid,
    secret,
    use_stable_access_token: stable,
    http,
    file_cache: { path: files },
  });
  const client = app.getClient();
  const post = async (path, json) => (await client.post(path, { json })).toObject();

  const session = await app.getUtils().codeToSession(code);
  const bound = await post('wxa/bind_tester', { wechatid: 'chenxi' });
  const listed = await post('wxa/memberauth', { action: 'get_experiencer' });
  const unbound = await post('wxa/unbind_tester', { userstr: bound.userstr });
  return {
    openid: session.openid,
    bound,
    listed,
    unbound,
    refused: (await client.get('wxa/get_page')).toObject().errcode,
    token: await app.getAccessToken().getToken(),
  };
});

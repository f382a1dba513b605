// co-wechat-api as the server of an Official Account. Its hosts are fixed, and it heeds no variable: it is
// given the agent that reads https_proxy.
const API = require('co-wechat-api');
const createAgent = require('https-proxy-agent');
const told = require('./told.cjs');

told(async ({ appid, secret, openid, template, game, picture }) => {
  const api = new API(appid, secret);
  api.setOpts({ agent: createAgent(process.env.https_proxy), timeout: 20000 });

  const button = { type: 'view', name: 'News', url: 'https://kite.example/' };
  const made = await api.createMenu({ button: [{ name: 'Kite', sub_button: [button] }] });
  const { menu } = await api.getMenu();
  const { media_id: thumb } = await api.uploadImageMedia(picture);
  const card = { title: 'Play', appid: game, pagepath: 'game', thumb_media_id: thumb };
  const { template_list: templates } = await api.getAllPrivateTemplate();
  const sent = await api.sendTemplate(
    openid,
    template,
    'https://kite.example/result',
    '',
    { first: { value: 'Well done' }, score: { value: '42' } },
    { appid: game, pagepath: 'pages/result' },
  );
  const refused = await api.sendTemplate('nobody', template, '', '', {}).catch((fault) => fault.code);
  return {
    made: made.errcode,
    menu,
    removed: (await api.removeMenu()).errcode,
    followers: (await api.getFollowers()).data.openid,
    subscribed: (await api.getUser(openid)).subscribe,
    templates: templates.map((each) => each.template_id),
    sent: sent.errcode,
    refused,
    answered: (await api.sendText(openid, 'We open at nine.')).errcode,
    card: (await api.sendMiniProgram(openid, card)).errcode,
    addresses: await api.getIp(),
  };
});

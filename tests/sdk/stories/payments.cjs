// node-easywechat as the server of a game that sells coins. The SDK has no calls for it: it brings the token
// and sends the body as it is, and the signatures are those of the platform's documentation.
const { createHmac } = require('node:crypto');
const { MiniApp } = require('node-easywechat');
const told = require('./told.cjs');

const mac = (key, text) => createHmac('sha256', key).update(text).digest('hex');

told(async ({ appid, secret, key, session, place, files }) => {
  const app = new MiniApp({ app_id: appid, secret, file_cache: { path: files } });
  const client = app.getClient();
  const call = async (path, body) => {
    const json = JSON.stringify({ ...place, ts: Math.floor(Date.now() / 1000), ...body });
    const params = {
      pay_sig: mac(key, `/${path}&${json}`),
      signature: mac(session, json),
      sig_method: 'hmac_sha256',
    };
    return (await client.post(path, { params, json })).toObject();
  };

  return {
    given: await call('wxa/game/present', { amount: 5, bill_no: 'gift-1' }),
    paid: await call('wxa/game/pay', { amount: 3, bill_no: 'bill-1' }),
    again: await call('wxa/game/pay', { amount: 3, bill_no: 'bill-1' }),
    held: await call('wxa/game/getbalance', {}),
    elsewhere: (await call('wxa/game/getbalance', { zone_id: 'elsewhere' })).errcode,
  };
});

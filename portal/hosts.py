"""The platform's host names, which SDKs have written into them (wechat-api, section 0)."""

API = "api.weixin.qq.com"
PLATFORM = (
    API,
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
    "mp.weixin.qq.com",
    "servicewechat.com",
)
PARENTS = ("weixin.qq.com", "servicewechat.com")  # below which they all are

"""Addresses of the game coin: its steps, partitions, keys, joint debug and application."""

from django.urls import path

from payments.views import coin, coin_application, coin_keys, joint_debug, partitions

urlpatterns = [
    path("console/payment/coin/", coin.coin, name="coin"),
    path("console/payment/coin/authorize/", coin.authorize, name="coin_authorize"),
    path("console/payment/coin/partitions/", partitions.partitions, name="partitions"),
    path("console/payment/coin/partitions/<id:partition_id>/", partitions.partition, name="partition"),
    path("console/payment/coin/partitions/<id:partition_id>/shut/", partitions.shut, name="partition_shut"),
    path(
        "console/payment/coin/partitions/<id:partition_id>/open/",
        partitions.reopen,
        name="partition_open",
    ),
    path("console/payment/coin/keys/", coin_keys.keys, name="keys"),
    path("console/payment/coin/keys/show/", coin_keys.show, name="key_show"),
    path("console/payment/coin/keys/<slug:which>/<slug:act>/", coin_keys.ask, name="key_ask"),
    path("console/payment/coin/debug/", joint_debug.debug, name="debug"),
    path("console/payment/coin/debug/call/", joint_debug.call, name="debug_call"),
    path("console/payment/coin/debug/<id:call_id>/", joint_debug.signed, name="debug_signed"),
    path("console/payment/coin/testers/", joint_debug.add_tester, name="tester_add"),
    path(
        "console/payment/coin/testers/<id:tester_id>/remove/",
        joint_debug.remove_tester,
        name="tester_remove",
    ),
    path("console/payment/coin/application/", coin_application.application, name="coin_application"),
    path(
        "console/payment/coin/application/withdraw/",
        coin_application.withdraw,
        name="coin_application_withdraw",
    ),
]

"""This stage's rows, by noun."""

from payments.models.coin import CoinApplication, Environment, GameCall, GameCoin, Partition, Tester
from payments.models.ledger import Entry, Wallet
from payments.models.opening import DepositAccount, PaymentAgreement
from payments.models.order import DayIncome, PaymentOrder, Refund
from payments.models.settlement import Funds, Settlement, Withdrawal
from payments.models.wechat_pay import MerchantApplication, MerchantDocument

__all__ = [
    "CoinApplication",
    "DayIncome",
    "DepositAccount",
    "Entry",
    "Environment",
    "Funds",
    "GameCall",
    "GameCoin",
    "MerchantApplication",
    "MerchantDocument",
    "Partition",
    "PaymentAgreement",
    "PaymentOrder",
    "Refund",
    "Settlement",
    "Tester",
    "Wallet",
    "Withdrawal",
]

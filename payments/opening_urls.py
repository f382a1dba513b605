"""Addresses on the way to virtual payment: WeChat Pay, the agreement, the deposit account."""

from django.urls import path

from payments.views import agreement, deposit, merchant_data, virtual_payment, wechat_pay

urlpatterns = [
    path("console/payment/wechat-pay/", wechat_pay.wechat_pay, name="wechat_pay"),
    path("console/payment/wechat-pay/open/", wechat_pay.open_application, name="wechat_pay_open"),
    path("console/payment/wechat-pay/fill-in/", merchant_data.fill_in, name="wechat_pay_fill_in"),
    path("console/payment/wechat-pay/submit/", wechat_pay.submit, name="wechat_pay_submit"),
    path("console/payment/wechat-pay/contact/", wechat_pay.contact, name="wechat_pay_contact"),
    path(
        "console/payment/wechat-pay/contact/status/",
        wechat_pay.contact_status,
        name="wechat_pay_contact_status",
    ),
    path(
        "console/payment/wechat-pay/documents/<id:document_id>/",
        wechat_pay.document,
        name="wechat_pay_document",
    ),
    path(
        "console/payment/wechat-pay/specimens/<str:slot>/",
        wechat_pay.specimen,
        name="wechat_pay_specimen",
    ),
    path("console/payment/virtual-payment/", virtual_payment.virtual_payment, name="virtual_payment"),
    path("console/payment/agreement/", agreement.agreement, name="agreement"),
    path("console/payment/agreement/sign/", agreement.sign, name="agreement_sign"),
    path("console/payment/deposit-account/", deposit.deposit, name="deposit"),
    path("console/payment/deposit-account/again/", deposit.again, name="deposit_again"),
]

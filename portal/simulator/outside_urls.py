"""Addresses of the outside world: mailbox, phones, bank, people, e-mails in use elsewhere."""

from django.urls import path

from portal.simulator.views import bank, directory, mailbox, people, phone, players

urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/read/", mailbox.read_all, name="mailbox_read_all"),
    path("mailbox/<int:letter_id>/", mailbox.letter, name="letter"),
    path("mailbox/<int:letter_id>/html/", mailbox.letter_html, name="letter_html"),
    path("mailbox/<int:letter_id>/read/", mailbox.read, name="letter_read"),
    path("phone/", phone.phones, name="phone"),
    path("phone/number/<str:number>/", phone.number, name="phone_number"),
    path("phone/number/<str:number>/read/", phone.read, name="phone_read"),
    path("phone/<int:person_id>/", phone.home, name="phone_home"),
    path("phone/<int:person_id>/scan/", phone.scan_with, name="phone_scan"),
    path("phone/<int:person_id>/<int:confirmation_id>/", phone.question, name="phone_question"),
    path("phone/<int:person_id>/<int:confirmation_id>/confirm/", phone.confirm, name="confirm"),
    path("phone/<int:person_id>/<int:confirmation_id>/refuse/", phone.refuse, name="refuse"),
    path("phone/<int:person_id>/games/", players.games, name="games"),
    path("phone/<int:person_id>/games/<int:account_id>/", players.play, name="play"),
    path("phone/<int:person_id>/games/<int:account_id>/trial/", players.play_trial, name="play_trial"),
    path(
        "phone/<int:person_id>/games/<int:account_id>/versions/<int:version_id>/",
        players.play_developed,
        name="play_developed",
    ),
    path("phone/ask/<str:token>/", players.ask, name="play_ask"),
    path("s/<str:code>/", phone.scan, name="scan"),
    path("bank/", bank.bank, name="bank"),
    path("bank/transfer/", bank.transfer, name="transfer"),
    path("bank/pay/", bank.pay_wire, name="pay_wire"),
    path("bank/payee/", bank.payee, name="bank_payee"),
    path("bank/movements/", bank.movements, name="bank_movements"),
    path("bank/transfers/<int:transfer_id>/", bank.result, name="bank_transfer"),
    path("bank/accounts/", bank.accounts, name="bank_accounts"),
    path("bank/accounts/open/", bank.open_account, name="bank_open"),
    path("bank/accounts/<int:account_id>/", bank.statement, name="bank_account"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="people_add"),
    path("people/<int:person_id>/real-name/", people.set_real_name, name="people_real_name"),
    path("directory/", directory.directory, name="directory"),
    path("directory/<int:entry_id>/remove/", directory.remove, name="directory_remove"),
]

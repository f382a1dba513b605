"""Addresses of this stage: Mini Programs of an Official Account, Official Accounts of a Mini Program."""

from django.urls import path

from associations.views import (
    articles,
    menu,
    mini_program,
    mini_programs,
    official_account,
    official_accounts,
    template_messages,
)

HERE = "console/mini-programs/"
THERE = "console/official-accounts/"

app_name = "associations"
urlpatterns = [
    # the Official Account's side
    path(HERE, mini_programs.mini_programs, name="mini_programs"),
    path(f"{HERE}add/", mini_programs.add, name="add"),
    path(f"{HERE}<id:association_id>/", mini_program.mini_program, name="mini_program"),
    path(f"{HERE}<id:association_id>/ask/", mini_program.ask, name="mini_program_ask"),
    path(f"{HERE}<id:association_id>/profile/", mini_program.profile, name="mini_program_profile"),
    path(f"{HERE}<id:association_id>/withdraw/", mini_program.withdraw, name="mini_program_withdraw"),
    path("console/menu/", menu.menu, name="menu"),
    path("console/articles/", articles.articles, name="articles"),
    path("console/articles/new/", articles.new_article, name="new_article"),
    path("console/articles/<id:article_id>/", articles.article, name="article"),
    path("console/templates/", template_messages.templates, name="templates"),
    path("console/templates/messages/", template_messages.template_messages, name="messages"),
    path("pictures/articles/<id:illustration_id>/", articles.picture, name="picture"),
    # the Mini Program's side
    path(THERE, official_accounts.official_accounts, name="official_accounts"),
    path(f"{THERE}<id:association_id>/", official_account.official_account, name="official_account"),
    path(f"{THERE}<id:association_id>/ask/", official_account.ask, name="official_account_ask"),
    path(f"{THERE}<id:association_id>/refuse/", official_account.refuse, name="official_account_refuse"),
]

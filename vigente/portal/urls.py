"""Addresses of the portal. Nouns; a POST to a noun makes it happen. `home` resolves with and without the namespace."""

from django.urls import include, path

from vigente.portal.views import (
    announcements,
    ask,
    billing,
    cards,
    conditions,
    contracting,
    copies,
    fields,
    files,
    held,
    home,
    invitations,
    invoices,
    licences,
    notice,
    orders,
    packs,
    people,
    plan,
    plans,
    profile,
    proposals,
    statement,
    ticket,
    tickets,
    transfers,
    wishes,
)

cases = [
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets.csv", tickets.tickets_csv, name="tickets_csv"),
    path("search/", tickets.search, name="search"),
    path("tickets/<int:number>/", ticket.ticket, name="ticket"),
    path("tickets/<int:number>/fields/", fields.fields, name="fields"),
    path("tickets/<int:number>/replies/", ticket.replies, name="replies"),
    path("tickets/<int:number>/copies/", copies.copies, name="copies"),
    path("tickets/<int:number>/closure/", ticket.closure, name="closure"),
    path("tickets/<int:number>/reopening/", ticket.reopening, name="reopening"),
    path("tickets/<int:number>/quotation/", proposals.quotation, name="quotation"),
    path("tickets/<int:number>/splits/<int:proposal>/", proposals.split, name="split"),
    path("tickets/<int:number>/dispute/", proposals.dispute, name="dispute"),
    path("files/<str:token>/", files.file, name="file"),
]

requests = [
    path("ask/", ask.ask, name="ask"),
    path("ask/coverage/", ask.coverage, name="ask_coverage"),
    path("held/choice/", held.choice, name="held_choice"),
    path("held/<str:token>/", held.held, name="held"),
    path("held/<str:token>/withdrawal/", held.withdrawal, name="held_withdrawal"),
    path("held/<str:token>/approval/", held.approval, name="held_approval"),
]

contracts = [
    path("plan/", plan.plan, name="plan"),
    path("plan/statement/", statement.statement, name="statement"),
    path("plan/statement.csv", statement.statement_csv, name="statement_csv"),
    path("plan/<int:subscription>/notice/", notice.notice, name="notice"),
    path("plan/<int:subscription>/notice/withdrawal/", notice.notice_withdrawal, name="notice_withdrawal"),
    path("plan/<int:subscription>/change/<int:version>/", notice.change, name="plan_change"),
    path("plan/<int:subscription>/packs/", packs.pack_order, name="pack_order"),
    path("plan/packs/<int:pack>/return/", packs.pack_return, name="pack_return"),
    path("plan/billing/", billing.billing, name="billing"),
    path("plan/wishes/", wishes.ask, name="wishes"),
    path("plan/wishes/<int:wish>/closure/", wishes.closure, name="wish_closure"),
    path("plan/licences/", licences.licences, name="licences"),
    path("announcements/rules/<int:pk>/", announcements.announcement, name="announcement"),
    path("plans/", plans.plans, name="plans"),
    path("plans/conditions/", conditions.conditions, name="conditions"),
    path("plans/<int:version>/order/", contracting.order, name="plan_order"),
    path("order/", orders.waiting, name="order_waiting"),
    path("order/<str:token>/", orders.order, name="order"),
    path("order/<str:token>/acceptance/", orders.acceptance, name="order_acceptance"),
    path("order/<str:token>/withdrawal/", orders.withdrawal, name="order_withdrawal"),
]

money = [
    path("plan/invoices/", invoices.invoices, name="invoices"),
    path("plan/invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("plan/invoices/<int:pk>.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("tickets/<int:number>/quotation.pdf", invoices.quotation_pdf, name="quotation_pdf"),
    path("plan/account.pdf", invoices.account_pdf, name="account_pdf"),
    path("plan/payments/<int:pk>/proof/", invoices.proof, name="payment_proof"),
    path("plan/card/removal/", cards.card_removal, name="card_removal"),
    path("pay/order/<int:order>/", transfers.pay, name="pay_order"),
    path("pay/order/<int:order>/card/", cards.pay_card, name="pay_order_card"),
    path("pay/invoice/<int:invoice>/", transfers.pay, name="pay_invoice"),
    path("pay/invoice/<int:invoice>/card/", cards.pay_card, name="pay_invoice_card"),
]

persons = [
    path("people/", people.people, name="people"),
    path("people/spending/", people.spending, name="people_spending"),
    path("people/invitations/", people.invitations, name="people_invitations"),
    path("people/invitations/<int:invitation>/revocation/", people.revocation, name="people_revocation"),
    path("people/<int:membership>/", people.person, name="person"),
    path("people/<int:membership>/deactivation/", people.deactivation, name="person_deactivation"),
    path("profile/", profile.profile, name="profile"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]

portal = [path("", home.home, name="home"), *cases, *requests, *contracts, *money, *persons]

urlpatterns = [
    path("", home.home, name="home"),
    path("", include((portal, "portal"))),
]

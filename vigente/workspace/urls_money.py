"""Addresses of the workspace about money. See `urls`."""

from django.urls import path

from vigente.workspace.views import (
    contracts_money,
    letters,
    money,
    money_exports,
    money_invoice,
    money_payments,
    money_transfers,
    orders,
    prices,
)

money_pages = [
    path("money/", money.money, name="money"),
    path("money/invoices/", money.invoices, name="invoices"),
    path("money/invoices/<int:pk>/", money.invoice, name="invoice"),
    path("money/invoices/<int:pk>.pdf", money.invoice_pdf, name="invoice_pdf"),
    path("money/invoices/<int:pk>/payment/", money_invoice.invoice_payment, name="invoice_payment"),
    path("money/invoices/<int:pk>/credit/", money_invoice.invoice_credit, name="invoice_credit"),
    path("money/invoices/<int:pk>/refund/", money_invoice.invoice_refund, name="invoice_refund"),
    path("money/invoices/<int:pk>/fiscal/", money_invoice.invoice_fiscal, name="invoice_fiscal"),
    path("money/transfers/", money_transfers.transfers, name="transfers"),
    path("money/transfers/<int:pk>/", money_transfers.transfer, name="transfer"),
    path("money/transfers/<int:pk>/proof/", money_transfers.transfer_proof, name="transfer_proof"),
    path(
        "money/transfers/<int:pk>/confirmation/",
        money_transfers.transfer_confirmation,
        name="transfer_confirmation",
    ),
    path(
        "money/transfers/<int:pk>/rejection/", money_transfers.transfer_rejection, name="transfer_rejection"
    ),
    path("money/payments/", money.payments, name="payments"),
    path("money/payments/<int:pk>/", money.payment, name="payment"),
    path("money/payments/<int:pk>/resending/", money_payments.payment_resending, name="payment_resending"),
    path("money/payments/<int:pk>/by-hand/", money_payments.payment_by_hand, name="payment_by_hand"),
    path("money/credits/", money.credits, name="credits"),
    path("money/orders/", orders.orders, name="orders"),
    path("money/orders/<int:pk>/", orders.order, name="order"),
    path("money/orders/<int:pk>/cancellation/", orders.order_cancellation, name="order_cancellation"),
    path("money/orders/<int:pk>/payment/", money_invoice.order_payment, name="order_payment"),
    path("money/exports/", money_exports.exports, name="money_exports"),
    path("money/exports/<slug:export>.csv", money_exports.money_export, name="money_export"),
    path("organizations/<int:pk>/orders/new/", orders.order_new, name="order_new"),
    path(
        "organizations/<int:pk>/payments/new/",
        money_invoice.organization_payment,
        name="organization_payment",
    ),
    path(
        "organizations/<int:pk>/payout/<str:currency>/",
        money_invoice.organization_payout,
        name="organization_payout",
    ),
    path(
        "organizations/<int:pk>/billing/", contracts_money.organization_billing, name="organization_billing"
    ),
    path("licences/<int:pk>/transfer/", contracts_money.licence_transfer, name="licence_transfer"),
    path("subscriptions/<int:pk>/order/", orders.contract_order, name="contract_order"),
    path("plans/new/", prices.plan_new, name="plan_new"),
    path("plans/versions/<int:pk>/prices/", prices.version_prices, name="version_prices"),
    path("settings/letters/", letters.letters, name="letters"),
    path("settings/letters/<slug:letter>/", letters.letter, name="letter"),
    path("settings/letters/<slug:letter>/<slug:language>/", letters.letter_page, name="letter_page"),
]

"""Invoices, credit notes, statements and quotations on paper, from templates the vendor can edit."""

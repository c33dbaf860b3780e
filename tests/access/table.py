"""Who gets what from which address: one letter per role of `world.ROLES`, for GET and for POST.

L to the sign-in page · U 401 · N not found · F forbidden · M no such method · W to the workspace · O an answer of its
own (a page, a form that lacks something, a redirect onward). Whatever is not O or W writes nothing.
"""

# nobody inactive removed outsider bystander member manager agent supervisor owner
GROUPS: dict[tuple[str, str], str] = {
    # Open to all
    ("OOOOOOOOOO", "OOOOOOOOOO"): """healthz set_language account_login account_logout account_signup
        account_reset_password account_reset_password_from_key// portal:invitation/ api:openapi.json""",
    ("OOOOOOOOOO", "MMMMMMMMMM"): """portal:plans portal:conditions account_inactive
        account_reset_password_from_key_done
        account_reset_password_done""",
    ("OOOOOOOWWW", "MMMMMMMMMM"): "home portal:home",
    ("OONNNOOWWW", "OONNNOOFFF"): "portal:held/",  # signed out it says only that something waits
    ("NNNNNNNOOO", "NNNNNNNOOO"): "ui:gallery ui:example/",
    # One's own account
    ("LLFFFFFFFF", "LLFFFFFFFF"): "account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn",
    ("LLOOOOOOOO", "LLOOOOOOOO"): """account_email account_email_verification_sent account_change_password
        account_set_password account_confirm_login_code mfa_authenticate mfa_activate_totp
        mfa_generate_recovery_codes mfa_add_webauthn mfa_login_webauthn""",
    ("LLOOOOOOOO", "LLMMMMMMMM"): "mfa_index mfa_list_webauthn account_sessions account_second_factor",
    ("LLMMMMMMMM", "LLNNNNONNN"): "account_session_end/",  # each their own
    ("LLNNNNNNNN", "LLNNNNNNNN"): """mfa_deactivate_totp mfa_download_recovery_codes mfa_remove_webauthn/
        mfa_edit_webauthn/""",
    ("LLNNNNNNNN", "LLMMMMMMMM"): "mfa_view_recovery_codes",
    # Portal: each sees their own
    ("LLOOOOOWWW", "MMMMMMMMMM"): """portal:announcement/
        portal:tickets portal:tickets_csv portal:search portal:ask_coverage portal:plan
        portal:statement portal:statement_csv portal:order_waiting""",
    ("MMMMMMMMMM", "LLFOOOOFFF"): "portal:wishes",  # an odd wish is refused, with nothing written
    ("LLOOOOOWWW", "LLOFFFOFFF"): "portal:licences",
    ("LLFFFFOWWW", "LLFFFFOFFF"): "portal:billing",
    ("LLOOOOOWWW", "LLOOOOOFFF"): "portal:ask portal:held_choice portal:profile",
    # Portal: the requester's, and their manager's
    ("LLNNNOOWWW", "MMMMMMMMMM"): "portal:ticket/",
    ("LLNNNOOOOO", "MMMMMMMMMM"): "portal:file/",
    ("LLNNNOOWWW", "LLNNNOOFFF"): "portal:fields/",
    ("MMMMMMMMMM", "LLNNNOOFFF"): """portal:replies/ portal:copies/ portal:closure/ portal:reopening/
        portal:held_withdrawal/
        portal:wish_closure/""",
    # mailed links lead to the page with the button, which says what this person may see
    ("LLOOOOOWWW", "LLNNNOOFFF"): "portal:quotation/ portal:split// portal:dispute/ portal:held_approval/",
    # Portal: managers
    ("LLNNFFOWWW", "LLNNFFOFFF"): "portal:notice/ portal:plan_change// portal:pack_order/",
    ("OOOFFFOWWW", "OOOFFFOFFF"): "portal:plan_order/",  # who belongs to no company yet founds one
    ("OONNFFOWWW", "MMMMMMMMMM"): "portal:order/",  # signed out it says only that something was prepared
    ("LLOOOOOWWW", "LLNNFFOFFF"): "portal:order_acceptance/ portal:order_withdrawal/",
    ("MMMMMMMMMM", "LLNNFFOFFF"): "portal:notice_withdrawal/ portal:pack_return/",
    ("LLNNNNOWWW", "MMMMMMMMMM"): """portal:invoices portal:invoice/ portal:invoice_pdf/ portal:account_pdf
        portal:payment_proof/""",
    ("LLOOOOOWWW", "LLNNNNOFFF"): "portal:card_removal",
    ("LLNNNNNWWW", "MMMMMMMMMM"): "portal:quotation_pdf/",  # nothing was quoted there yet
    ("MMMMMMMMMM", "NNNNNNNNNN"): "stripe_webhook",  # nobody takes cards here
    ("LLFFFFOWWW", "MMMMMMMMMM"): "portal:people",
    ("MMMMMMMMMM", "LLFFFFOFFF"): "portal:people_spending portal:people_invitations",
    ("MMMMMMMMMM", "LLNNNNOFFF"): "portal:people_revocation/ portal:person_deactivation/",
    ("LLNNNNOWWW", "LLNNNNOFFF"): """portal:person/ portal:pay_order/ portal:pay_order_card/ portal:pay_invoice/
        portal:pay_invoice_card/""",
    # Workspace: all staff
    ("LLNNNNNOOO", "LLNNNNNMMM"): """workspace:home workspace:queue workspace:queue/ workspace:counts
        workspace:trash workspace:spam
        workspace:changes workspace:bulk_list workspace:bulk_count workspace:palette
        workspace:preview/ workspace:responses workspace:case_responses/ workspace:saved_views
        workspace:saved_view/
        workspace:search workspace:condition_choices
        workspace:open workspace:phone_preview/ workspace:file/ workspace:case/ workspace:held
        workspace:held_request/ workspace:held_case/ workspace:organizations workspace:organization/
        workspace:organization_statement/ workspace:plans workspace:plans_export workspace:rules
        workspace:rules_export""",
    ("LLNNNNNMMM", "LLNNNNNOOO"): """workspace:saved_view_order workspace:message_unsending/ workspace:message_pinning/
        workspace:message_unpinning/ workspace:case_draft/ workspace:case_presence/
        workspace:returning
        workspace:uncopying/ workspace:watch/ workspace:unwatch/ workspace:locking/ workspace:unlocking/
        workspace:follow_up_removal//
        workspace:next workspace:write/ workspace:taking/ workspace:untaking/
        workspace:solution/ workspace:reopening/ workspace:restoration/ workspace:spam_release/
        workspace:unmerging/ workspace:invitation_revocation/""",
    ("LLNNNNNOOO", "LLNNNNNOOO"): """workspace:bulk_new workspace:saved_view_new workspace:saved_view_edit/
        workspace:saved_view_deletion/ workspace:response_new workspace:response/ workspace:response_deletion/
        workspace:message_edit/ workspace:message_deletion/
        workspace:away
        workspace:follow_up_new/ workspace:follow_up//
        workspace:open_for/ workspace:case_automation/ workspace:time/ workspace:copying/ workspace:assignment/
        workspace:trashing/ workspace:sender_block/
        workspace:status/ workspace:severity/ workspace:promise/
        workspace:department/ workspace:work/ workspace:release/ workspace:licence/ workspace:merger/ workspace:split/
        workspace:dispute/ workspace:objection/ workspace:case_tags/ workspace:case_fields/ workspace:held_answer/
        workspace:organization_new
        workspace:person_invite/ workspace:licence_new/ workspace:goodwill_new/
        workspace:licence_hosting/ workspace:licence_key/ workspace:membership/""",
    ("LLNNNNNNOO", "LLNNNNNMMM"): "workspace:bulk/",  # one's own, and supervisors those of all
    ("LLNNNNNMMM", "LLNNNNNNOO"): "workspace:bulk_undo/",
    # Workspace: supervisors and the owner
    ("LLNNNNNFOO", "LLNNNNNFMM"): """workspace:message_versions/ workspace:money workspace:invoices
        workspace:invoice/ workspace:invoice_pdf/ workspace:automation workspace:automation_rule/
        workspace:automation_past/
        workspace:transfers workspace:spam_rules
        workspace:transfer/ workspace:transfer_proof/ workspace:payments workspace:payment/ workspace:credits
        workspace:orders workspace:order/ workspace:contract_order/ workspace:money_exports workspace:money_export/
        workspace:line workspace:overview workspace:overview_order workspace:mail workspace:inbound/
        workspace:inbound_raw/ workspace:announcement_copies/ workspace:switch workspace:switch_legacy
        workspace:switch_uncovered
        workspace:switch_announcement workspace:switch_adoption workspace:switch_template
        workspace:report/ workspace:report_rows/// workspace:trials workspace:trial/
        workspace:trial_progress/ workspace:trial_rows//
        workspace:outbound/""",
    ("LLNNNNNFOO", "LLNNNNNFFO"): "workspace:switch_customers workspace:switch_date workspace:switch_import/",
    ("LLNNNNNFMM", "LLNNNNNFOO"): """workspace:automation_order workspace:automation_ready/ workspace:automation_switch/
        workspace:transfer_confirmation/ workspace:order_cancellation/
        workspace:payment_resending/
        workspace:trial_cancellation/
        workspace:organization_unblock/ workspace:subscription_activation/
        workspace:subscription_notice_withdrawal/ workspace:missed_term/ workspace:inbound_replay/
        workspace:outbound_retry/""",
    ("LLNNNNNFOO", "LLNNNNNFOO"): """workspace:automation_new workspace:automation_edit/ workspace:automation_deletion/
        workspace:spam_rule_new workspace:spam_rule/ workspace:spam_rule_deletion/
        workspace:invoice_payment/ workspace:invoice_credit/ workspace:invoice_refund/
        workspace:trial_new
        workspace:invoice_fiscal/ workspace:transfer_rejection/ workspace:payment_by_hand/
        workspace:order_payment/ workspace:order_new/
        workspace:licence_transfer/ workspace:organization_payment/ workspace:organization_payout//
        workspace:organization_billing/
        workspace:place/ workspace:agent/ workspace:quotation/ workspace:held_override/ workspace:organization_edit/
        workspace:organization_block/ workspace:subscription_new/ workspace:subscription_notice/
        workspace:subscription_change/ workspace:pack_new/ workspace:membership_end/""",
    # Workspace: the owner
    ("LLNNNNNFFO", "LLNNNNNFFM"): """workspace:settings workspace:tags workspace:arranged/ workspace:fields
        workspace:tokens
        workspace:section/
        workspace:announcement_preview/
        workspace:audit workspace:sessions workspace:finance/ workspace:finance_rows/// workspace:letters
        workspace:letter_page//
        workspace:webhooks workspace:webhook/ workspace:webhook_delivery/""",
    ("LLNNNNNFFM", "LLNNNNNFFO"): """workspace:arranged_order/ workspace:arranged_retirement//
        workspace:arranged_restoration// workspace:field_order workspace:field_retirement/ workspace:field_restoration/
        workspace:field_deletion/ workspace:tag_order workspace:tag_retirement/ workspace:tag_restoration/
        workspace:tag_deletion/
        workspace:rules_withdrawal/ workspace:token_revocation/
        workspace:session_end/ workspace:announcement_of_version/ workspace:announcement_of_draft/
        workspace:announcement_sending/
        workspace:announcement_discard/ workspace:rules_draft_discard/ workspace:switch_reminders
        workspace:switch_invitations/
        workspace:webhook_secret/ workspace:webhook_test/ workspace:webhook_delivery_replay/""",
    ("LLNNNNNFFO", "LLNNNNNFFO"): """workspace:plans_import workspace:plan_version/ workspace:rules_new
        workspace:rules_import workspace:announcement/ workspace:vendor
        workspace:security workspace:seller workspace:documents workspace:document/ workspace:document_preview/
        workspace:arranged_new/ workspace:arranged_row//
        workspace:token_new workspace:tag_new workspace:tag/ workspace:field_new workspace:field/
        workspace:holidays/ workspace:emptying/
        workspace:section_new/ workspace:section_row// workspace:letter/
        workspace:plan_new workspace:version_prices/ workspace:webhook_new
        workspace:webhook_edit/ workspace:webhook_replay/ workspace:webhook_deletion/""",
    # API, each with a token of their own
    ("UUNNOOOOOO", "MMMMMMMMMM"): "api:coverage api:organizations/<id>/statement api:subscriptions/<id>",
    ("OUOOOOOOOO", "MMMMMMMMMM"): "api:plans",
    ("UUOOOOOOOO", "MMMMMMMMMM"): "api:fields api:subscriptions api:invoices api:organizations/<id>/account",
    ("UUOOOOOOOO", "UUOOOOOOOO"): "api:orders api:payments api:subscriptions/<id>/change",
    ("UUNNOOOOOO", "UUNNFFOFOO"): "api:subscriptions/<id>/notice",
    ("UUNNNNONOO", "MMMMMMMMMM"): "api:orders/<id> api:invoices/<id> api:invoices/<id>/pdf",
    ("MMMMMMMMMM", "UUNNNNONOO"): "api:orders/<id>/accept api:orders/<id>/cancel api:packs/<id>/return",
    ("UUFFFFFOOO", "MMMMMMMMMM"): "api:rulebook",
    ("UUOOOOOOOO", "UUNNOOOOOO"): "api:tickets",
    ("UUNNNOOOOO", "MMMMMMMMMM"): "api:tickets/<number>",
    ("MMMMMMMMMM", "UUNNNOOOOO"): "api:tickets/<number>/messages",
    ("MMMMMMMMMM", "UUFFFFFOOO"): "api:queue/next",
    ("MMMMMMMMMM", "UUFFFFFFOO"): "api:simulations",
    ("UUFFFFFFOO", "MMMMMMMMMM"): "api:simulations/<id>",
    ("UUFFFFFFFO", "UUFFFFFFFO"): "api:webhooks",
    ("UUFFFFFFFO", "MMMMMMMMMM"): "api:webhooks/<id> api:webhooks/<id>/deliveries",
    ("MMMMMMMMMM", "UUFFFFFFFO"): "api:webhooks/<id>/secret api:webhooks/<id>/test api:webhooks/<id>/replay",
    ("NNNNNNNNNN", "NNNNNNNNNN"): "api:",
}  # fmt: skip
TABLE: dict[str, tuple[str, str]] = {
    name: letters for letters, names in GROUPS.items() for name in names.split()
}
REFUSED = frozenset("LUNFM")

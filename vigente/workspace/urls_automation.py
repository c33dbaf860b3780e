"""Addresses of the workspace about automation. See `urls`."""

from django.urls import path

from vigente.workspace.views import automation, follow_ups

automation_pages = [
    path("cases/<int:number>/follow-ups/new/", follow_ups.follow_up_new, name="follow_up_new"),
    path("cases/<int:number>/follow-ups/<int:follow_up>/", follow_ups.follow_up, name="follow_up"),
    path(
        "cases/<int:number>/follow-ups/<int:follow_up>/removal/",
        follow_ups.follow_up_removal,
        name="follow_up_removal",
    ),  # fmt: skip
    path("cases/<int:number>/automation/", automation.case_automation, name="case_automation"),
    path("automation/", automation.automation, name="automation"),
    path("automation/new/", automation.automation_new, name="automation_new"),
    path("automation/order/", automation.automation_order, name="automation_order"),
    path("automation/ready/<slug:ready>/", automation.automation_ready, name="automation_ready"),
    path("automation/<int:pk>/", automation.automation_rule, name="automation_rule"),
    path("automation/<int:pk>/edit/", automation.automation_edit, name="automation_edit"),
    path("automation/<int:pk>/history/", automation.automation_past, name="automation_past"),
    path("automation/<int:pk>/switch/", automation.automation_switch, name="automation_switch"),
    path("automation/<int:pk>/deletion/", automation.automation_deletion, name="automation_deletion"),
]

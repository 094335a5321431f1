"""Apps that are often asked for, by kind. Their names are proper names, the same in every language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: list[tuple[str | Promise, dict[str, str]]] = [
    (
        _("Documents"),
        {
            "sharepoint": "Microsoft SharePoint",
            "onedrive": "Microsoft OneDrive",
            "google_drive": "Google Drive",
            "dropbox": "Dropbox",
            "box": "Box",
        },
    ),
    (
        _("Construction and design"),
        {
            "procore": "Procore",
            "autodesk": "Autodesk Construction Cloud",
            "bim_360": "Autodesk BIM 360",
            "docusign": "DocuSign",
        },
    ),
    (
        _("Finance and ERP"),
        {
            "sap": "SAP S/4HANA",
            "dynamics": "Microsoft Dynamics 365",
            "netsuite": "Oracle NetSuite",
            "quickbooks": "QuickBooks",
            "xero": "Xero",
        },
    ),
    (
        _("Customers and sales"),
        {"salesforce": "Salesforce", "hubspot": "HubSpot", "pipedrive": "Pipedrive", "zoho_crm": "Zoho CRM"},
    ),
    (
        _("Mail, chat and calendar"),
        {
            "outlook": "Microsoft Outlook",
            "teams": "Microsoft Teams",
            "gmail": "Gmail",
            "google_calendar": "Google Calendar",
            "slack": "Slack",
        },
    ),
    (
        _("Tasks and service"),
        {
            "jira": "Jira",
            "servicenow": "ServiceNow",
            "zendesk": "Zendesk",
            "asana": "Asana",
            "monday": "monday.com",
            "trello": "Trello",
        },
    ),
    (
        _("Tables, reports and databases"),
        {
            "excel": "Microsoft Excel",
            "google_sheets": "Google Sheets",
            "power_bi": "Microsoft Power BI",
            "tableau": "Tableau",
            "sql_server": "Microsoft SQL Server",
            "postgresql": "PostgreSQL",
            "snowflake": "Snowflake",
        },
    ),
]
CHOICES = [(group, list(apps.items())) for group, apps in GROUPS]
NAMES: dict[str, str] = {key: name for _group, apps in GROUPS for key, name in apps.items()}

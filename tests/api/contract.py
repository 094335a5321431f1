"""What both published descriptions say: each operation, its query, and the attributes of its body."""

TICKET = """
ticket-type-id component-id subject parent-id status-id priority-id assigned-to-id assignee-type
due-date closed-at extension-date typed-values subscribers progress plan-x plan-y uuid
"""
USER = """
firstname lastname mail active city company password retype_password position street tel zipcode
subcontractor watcher project_ids role_ids group_ids is_mobile_syncs permissions typed-values
"""
PROJECT = """
name street zipcode city country description drend-date drstart-date homepage bruttosize budget
drend_date drstart_date identifier is_active is_customer is_public nettosize parent_id projectnumber
status fields
"""
CHANGED_PROJECT = """
name running-number parent-id-hashed typed-fields typed-values projectnumber street zipcode city
country description drend-date drstart-date homepage fields schedule-start-date
"""
FILE = "uuid attachment attachment-name caption"
PERMISSIONS = "apply_form_display_permission apply_form_edit_permission"
OPERATIONS = [
    ("GET", "v2/projects", "page pagesize sort search include_archived load_all load_template", ""),
    ("GET", "v2/projects/my_projects", "", ""),
    ("GET", "v1/projects", "sort pagesize page", ""),
    ("POST", "v1/projects", "", PROJECT),
    ("GET", "v1/projects/{project_id}", "", ""),
    ("PUT", "v1/projects/{project_id}", "", CHANGED_PROJECT),
    ("PUT", "v1/projects/{project_id}/archive_project", "", "status"),
    ("GET", "v1/projects/{project_id}/tickets", "page pagesize last_sync_date sort filter apply_filter search", ""),
    ("POST", "v1/projects/{project_id}/tickets", "", TICKET),
    ("GET", "v1/projects/{project_id}/tickets/{uuid}", "", ""),
    ("PUT", "v1/projects/{project_id}/tickets/{uuid}", "clean_up_assets", TICKET),
    ("DELETE", "v1/projects/{project_id}/tickets/{uuid}", "", ""),
    ("POST", "v1/projects/{project_id}/tickets/{uuid}/comment", "", "comment created_on"),
    (
        "GET",
        "v2/projects/{project_id}/tickets",
        "page pagesize last_sync_date sort filter[status_id] apply_filter load_images can_have_parent search",
        "",
    ),
    ("POST", "v2/projects/{project_id}/tickets", "", TICKET),
    ("GET", "v2/projects/{project_id}/tickets/{uuid}", "", ""),
    ("PUT", "v2/projects/{project_id}/tickets/{uuid}", "clean_up_assets", TICKET),
    ("DELETE", "v2/projects/{project_id}/tickets/{uuid}", "", ""),
    ("POST", "v2/projects/{project_id}/tickets/{uuid}/comment", "", "comment created_on"),
    ("GET", "v2/projects/{project_id}/tickets/{uuid}/journals", "filter page pagesize last_sync_date sort", ""),
    (
        "GET",
        "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments",
        "last_sync_date sort pagesize page types only_ticket_attachments",
        "",
    ),
    ("POST", "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments", "", FILE),
    ("GET", "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments/{attachment_id}", "", ""),
    ("DELETE", "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments/{attachment_id}", "", ""),
    ("GET", "v1/users", "last_sync_date sort pagesize page search", ""),
    ("GET", "v1/users/{user_id}", "", ""),
    ("GET", "v1/ticket_types", f"last_sync_date page pagesize {PERMISSIONS}", ""),
    ("POST", "v1/ticket_types", "", "name capabilities typed-fields static-fields"),
    ("GET", "v1/ticket_types/{ticket_type_id}", "", ""),
    ("PUT", "v1/ticket_types/{ticket_type_id}", "", "name capabilities typed-fields static-fields"),
    ("DELETE", "v1/ticket_types/{ticket_type_id}", "", ""),
    ("GET", "v1/projects/{project_id}/ticket_types_project", f"last_sync_date {PERMISSIONS}", ""),
    ("POST", "v1/projects/{project_id}/ticket_types_project", "", "ticket-type-id required-fields"),
    ("GET", "v1/projects/{project_id}/ticket_types_project/{ticket_type_project_id}", "", ""),
    (
        "PUT",
        "v1/projects/{project_id}/ticket_types_project/{ticket_type_project_id}",
        "",
        "ticket-type-id required-fields",
    ),
    ("PATCH", "v1/projects/{project_id}/ticket_types_project/{ticket_type_project_id}", "", ""),
    ("DELETE", "v1/projects/{project_id}/ticket_types_project/{ticket_type_project_id}", "", ""),
    (
        "GET",
        "v2/projects/{project_id}/ticket_types/ticket_type_project",
        f"last_sync_date page pagesize {PERMISSIONS}",
        "",
    ),
    ("GET", "v2/projects/{project_id}/ticket_types/lists", "last_sync_date page pagesize disable_relations", ""),
    ("GET", "v1/projects/{project_id}/components", "page pagesize last_sync_date layout", ""),
    ("POST", "v1/projects/{project_id}/components", "", ""),
    ("GET", "v1/projects/{project_id}/components/{id}", "", ""),
    ("PUT", "v1/projects/{project_id}/components/{id}", "", "name parent_id"),
    ("DELETE", "v1/projects/{project_id}/components/{id}", "", ""),
    ("GET", "v2/projects/{project_id}/components/project_components", "last_sync_date", ""),
    ("GET", "v2/projects/{project_id}/components/{id}", "", ""),
    ("GET", "v2/projects/{project_id}/components/{component_id}/plans", "is_simple", ""),
    ("GET", "v2/projects/{project_id}/components/{component_id}/plans/{id}", "", ""),
    ("GET", "v1/lists", "last_sync_date sort pagesize page", ""),
    ("POST", "v1/lists", "", "name customer-id"),
    ("GET", "v1/lists/{id}", "", ""),
    ("PUT", "v1/lists/{id}", "", "name customer-id"),
    ("PATCH", "v1/lists/{id}", "", "name customer-id"),
    ("DELETE", "v1/lists/{id}", "", ""),
    ("POST", "v1/projects/{project_id}/copy_project", "name details groups ticket_types users components", ""),
    ("PUT", "v2/projects/{project_id}/tickets/batch_update", "", ""),
    ("PUT", "v2/projects/{project_id}/tickets/multi_update", "", TICKET),
    ("POST", "v2/projects/{project_id}/tickets/bulk_create", "", TICKET),
    ("GET", "v2/projects/{project_id}/tickets/bulk_create_status", "job_id", ""),
    ("POST", "v2/projects/{project_id}/tickets/batch_delete", "", ""),
    ("GET", "v2/projects/{project_id}/tickets/journals", "last_sync_date prop_keys page pagesize", ""),
    ("GET", "v2/projects/{project_id}/tickets/{uuid}/subtickets", "include_typed_values", ""),
    (
        "GET",
        "v1/projects/{project_id}/tickets/load",
        "page pagesize last_sync_date sort filter apply_filter search",
        "",
    ),
    (
        "PUT",
        "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments/{attachment_id}",
        "",
        "attachment attachment-name caption",
    ),
    ("POST", "v2/projects/{project_id}/tickets/{ticket_uuid}/attachments/batch_delete", "", "attachment-ids"),
    ("POST", "v1/users", "", USER),
    ("PUT", "v1/users/{user_id}", "", USER),
    ("DELETE", "v1/users/{user_id}", "", ""),
    ("POST", "v1/users/activate_user", "user_id", ""),
    ("PUT", "v1/users/downgrade_user_to_subcontractor", "user_id", "user_id watcher"),
    ("POST", "v2/projects/{project_id}/dms/nodes/ticket_attachments/{ticket_uuid}", "", FILE),
    (
        "GET",
        "v2/projects/{project_id}/dms/nodes/ticket_attachments",
        "pagesize page sort search filter filters last_sync_date",
        "",
    ),
]

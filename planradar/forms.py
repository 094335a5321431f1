from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Every form and field of the product looks alike: `templates/_form.html` and `templates/_field.html`."""

    form_template_name = "_form.html"
    field_template_name = "_field.html"

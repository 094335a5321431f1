"""Templates fill only blocks that a template above them has: Django drops others without a word."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.loader_tags import BlockNode, ExtendsNode

LIBRARIES = ["allauth.account", "allauth.mfa", "allauth.usersessions", "django.contrib.admin"]
OURS = {settings.BASE_DIR / "templates"}
ENGINE = engines["django"].engine


def folders():
    """Ours, and those of the libraries whose pages stand in our frame."""
    configs = [config for config in apps.get_app_configs() if config.name in LIBRARIES]
    paths = [Path(config.path).parent if config.name.startswith("allauth") else Path(config.path) for config in configs]
    return OURS | {path / "templates" for path in paths}


def names():
    files = [(folder, file) for folder in folders() for file in folder.rglob("*") if file.suffix in (".html", ".txt")]
    parts = {str(file.relative_to(folder)) for folder, file in files}
    used = ("account/", "mfa/", "usersessions/", "admin/", "allauth/")
    ours = {str(file.relative_to(folder)) for folder in OURS for file in folder.rglob("*") if file.is_file()}
    return sorted(name for name in parts if name in ours or name.startswith(used))


def blocks_of(nodelist):
    return {node.name for node in nodelist.get_nodes_by_type(BlockNode)}


def parent_of(template, seen):
    """Return the template that this one extends, which may be a library's of the same name."""
    extends = next(iter(template.nodelist.get_nodes_by_type(ExtendsNode)), None)
    parent = extends and extends.parent_name.var
    return ENGINE.find_template(parent, skip=seen)[0] if isinstance(parent, str) else None


def orphans_of(template):
    blocks = next(iter(template.nodelist.get_nodes_by_type(ExtendsNode))).blocks
    outer = set(blocks) - {inner for block in blocks.values() for inner in blocks_of(block.nodelist)}
    above, seen = set(), [template.origin]
    while template := parent_of(template, seen):
        seen.append(template.origin)
        above |= blocks_of(template.nodelist)
    return outer - above


def children():
    templates = ((name, ENGINE.get_template(name)) for name in names())
    return [name for name, template in templates if parent_of(template, [template.origin])]


@pytest.mark.parametrize("name", children())
def test_every_block_of_a_template_is_in_one_above_it(name):
    assert orphans_of(ENGINE.get_template(name)) == set()

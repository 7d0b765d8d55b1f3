"""JNK107 site-navigation: menu, breadcrumb or list of tags of the site."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class SiteNavigation(JunkRule):
    """Menu, breadcrumb or list of tags of the site.

    What it finds:
        Labels of menus, breadcrumbs, search boxes, archives, tags and the site's own pages ("Skip to …" is a
        page control): "Main menu", "You are here: Home", "Tags:", "Recent Posts", "Privacy Policy". Names of
        sections join only next to such a label, or in a stack of at least four.

    Why it matters:
        Menus are most of what a bad scraper adds to a page, and they are the same on every page of a site.

    Example:
        The new bridge was opened on Friday by the mayor.

        Recent Posts
        Categories
        Privacy Policy
        Terms of Use

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Headings of one word, lists of names, sentences with such words.

    Fix safety:
        Safe for labels with other junk beside them; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK107"
    name = "site-navigation"
    severity = Severity.WARNING
    kind = "navigation"
    noun = "site navigation"
    certain_alone = False

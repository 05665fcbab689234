"""The checks that come with the plugin: links, images and how a text reads, without the network."""

from blog_core.api import StageCheck
from plugins.workflow.checks.images import check_images
from plugins.workflow.checks.links import check_links
from plugins.workflow.checks.readability import check_readability

CHECKS = (
    StageCheck("links", "Links", check_links),
    StageCheck("images", "Images", check_images),
    StageCheck("readability", "How it reads", check_readability),
)
